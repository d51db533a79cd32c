// flags: -pthread
// expect-status: 0
// expect-not: error
// env: CSAN_MAX_THREADS=off
#include "case.h"

#include <semaphore.h>
#include <time.h>

static sem_t fired;

static void work(union sigval value)
{
    free(value.sival_ptr);
    sem_post(&fired);
}

int main(void)
{
    timer_t timer;
    struct sigevent how = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = work};
    struct itimerspec soon = {.it_value = {0, 1}};
    how.sigev_value.sival_ptr = malloc(32);
    MUST(sem_init(&fired, 0, 0) == 0);
    MUST(timer_create(CLOCK_MONOTONIC, &how, &timer) == 0);
    MUST(timer_settime(timer, 0, &soon, NULL) == 0);
    while (sem_wait(&fired) != 0)
        MUST(errno == EINTR);
    MUST(timer_delete(timer) == 0);
    return 0;
}
