#include "case.h"

#define SEATS 5
static pthread_mutex_t fork_of[SEATS];

static void *dine(void *arg)
{
    int seat = (int)(intptr_t)arg, next = (seat + 1) % SEATS;
    int first = seat < next ? seat : next, second = seat < next ? next : seat;
    for (int i = 0; i < 1000; i++) {
        MUST(pthread_mutex_lock(&fork_of[first]) == 0);
        MUST(pthread_mutex_lock(&fork_of[second]) == 0);
        MUST(pthread_mutex_unlock(&fork_of[second]) == 0);
        MUST(pthread_mutex_unlock(&fork_of[first]) == 0);
    }
    return NULL;
}

int main(void)
{
    pthread_t at[SEATS];
    for (int i = 0; i < SEATS; i++)
        pthread_mutex_init(&fork_of[i], NULL);
    for (intptr_t i = 0; i < SEATS; i++)
        pthread_create(&at[i], NULL, dine, (void *)i);
    for (int i = 0; i < SEATS; i++)
        pthread_join(at[i], NULL);
    return 0;
}
