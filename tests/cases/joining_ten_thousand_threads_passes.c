// flags: -pthread
#include "case.h"

#define ROUNDS 100
#define AT_ONCE 100

static unsigned long sum;

static void *work(void *arg)
{
    __atomic_add_fetch(&sum, (uintptr_t)arg, __ATOMIC_SEQ_CST);
    return arg;
}

int main(void)
{
    pthread_t thread[AT_ONCE];
    for (uintptr_t i = 0; i < ROUNDS; i++) {
        for (uintptr_t j = 0; j < AT_ONCE; j++)
            MUST(pthread_create(&thread[j], NULL, work, (void *)(i * AT_ONCE + j)) == 0);
        for (uintptr_t j = 0; j < AT_ONCE; j++) {
            void *result;
            MUST(pthread_join(thread[j], &result) == 0);
            MUST((uintptr_t)result == i * AT_ONCE + j);
        }
    }
    MUST(sum == 10000ul * 9999 / 2);
    return 0;
}
