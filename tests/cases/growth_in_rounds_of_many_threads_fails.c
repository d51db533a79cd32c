// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 16 B in 1 block more each round, over 40 rounds, still reachable
#include "case.h"

#include <csan.h>

#define THREADS 4

void **all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void add(void)
{
    void **n = keep(malloc(16)); /* node */
    *n = all;
    all = n;
}

/* Rounds of other names go on at the same time. */
static void *run(void *own)
{
    for (int i = 0; i < 10; i++) {
        pthread_mutex_lock(&lock);
        add();
        csan_round("shared");
        pthread_mutex_unlock(&lock);
        free(keep(malloc(1000)));
        csan_round(own);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    char names[THREADS][2] = {"a", "b", "c", "d"};
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, run, names[i]) == 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
