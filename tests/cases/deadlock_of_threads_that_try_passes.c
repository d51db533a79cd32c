/* Two that take in opposite orders, but only try the second, and begin anew when it is taken. */
#include "case.h"

static pthread_mutex_t m[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

static void *take_both(void *arg)
{
    int first = (int)(intptr_t)arg;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&m[first]);
        while (pthread_mutex_trylock(&m[!first]) != 0) {
            pthread_mutex_unlock(&m[first]);
            sched_yield();
            pthread_mutex_lock(&m[first]);
        }
        pthread_mutex_unlock(&m[!first]);
        pthread_mutex_unlock(&m[first]);
    }
    return NULL;
}

int main(void)
{
    pthread_t other;
    pthread_create(&other, NULL, take_both, (void *)1);
    take_both(NULL);
    pthread_join(other, NULL);
    return 0;
}
