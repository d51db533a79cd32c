// flags: -pthread
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

int main(void)
{
    int status = 0;
    pthread_mutex_lock(&lock);
    pthread_rwlock_rdlock(&rwlock);
    pid_t child = fork();
    if (child == 0)
        exit(0);
    MUST(waitpid(child, &status, 0) == child);
    pthread_rwlock_unlock(&rwlock);
    pthread_mutex_unlock(&lock);
    return status;
}
