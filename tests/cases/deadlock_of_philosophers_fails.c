// findings: 1
// expect: csan\[deadlock\]: 5 threads wait for each other: mutex [0x`][^` ,:]+`?, mutex [0x`][^` ,:]+`?, mutex [0x`][^` ,:]+`?, …
// expect: and 1 more thread between them
#include "case.h"

#define SEATS 5
static pthread_mutex_t fork_of[SEATS];
static pthread_barrier_t all;

static void *dine(void *arg)
{
    int seat = (int)(intptr_t)arg;
    MUST(pthread_mutex_lock(&fork_of[seat]) == 0);
    pthread_barrier_wait(&all);
    MUST(pthread_mutex_lock(&fork_of[(seat + 1) % SEATS]) == 0);
    return NULL;
}

int main(void)
{
    pthread_t at[SEATS];
    pthread_barrier_init(&all, NULL, SEATS);
    for (int i = 0; i < SEATS; i++)
        pthread_mutex_init(&fork_of[i], NULL);
    for (intptr_t i = 0; i < SEATS; i++)
        pthread_create(&at[i], NULL, dine, (void *)i);
    for (int i = 0; i < SEATS; i++)
        pthread_join(at[i], NULL);
    return 0;
}
