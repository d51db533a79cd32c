/* pthread_cond_wait unlocks and locks inside libc; a lock taken in between is another's. */
#include "case.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int turn;

static void *take_turns(void *arg)
{
    int mine = (int)(intptr_t)arg;
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&m);
        while (turn != mine)
            pthread_cond_wait(&c, &m);
        turn = !mine;
        pthread_cond_broadcast(&c);
        pthread_mutex_unlock(&m);
    }
    return NULL;
}

int main(void)
{
    pthread_t other;
    pthread_create(&other, NULL, take_turns, (void *)1);
    take_turns(NULL);
    pthread_join(other, NULL);
    return 0;
}
