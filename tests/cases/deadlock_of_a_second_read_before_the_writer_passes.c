#include "case.h"

static pthread_rwlock_t l = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

static void *writes(void *arg)
{
    MUST(pthread_rwlock_wrlock(&l) == 0);
    MUST(pthread_rwlock_unlock(&l) == 0);
    return arg;
}

int main(void)
{
    pthread_t one;
    MUST(pthread_rwlock_rdlock(&l) == 0);
    MUST(pthread_rwlock_rdlock(&l) == 0);
    pthread_create(&one, NULL, writes, NULL);
    MUST(pthread_rwlock_unlock(&l) == 0);
    MUST(pthread_rwlock_unlock(&l) == 0);
    pthread_join(one, NULL);
    return 0;
}
