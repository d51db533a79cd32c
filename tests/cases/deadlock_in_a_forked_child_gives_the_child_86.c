// expect-status: 86
// expect: csan\[deadlock\]: 2 threads wait for each other
// stdout: ^child 86$
#include "case.h"

static pthread_mutex_t m[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t both;

static void *take(void *arg)
{
    int first = (int)(intptr_t)arg;
    pthread_mutex_lock(&m[first]);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&m[!first]);
    return NULL;
}

int main(void)
{
    pid_t child = fork();
    if (child == 0) {
        pthread_t other;
        pthread_barrier_init(&both, NULL, 2);
        pthread_create(&other, NULL, take, (void *)1);
        take(NULL);
        exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0) == child);
    printf("child %d\n", WEXITSTATUS(status));
    return 0;
}
