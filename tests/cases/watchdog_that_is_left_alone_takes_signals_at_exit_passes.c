// flags: -pthread
/* The main thread has left, and csan's own runs the exit handlers as the last one: a signal that
 * one of them sends itself arrives. */
#include "case.h"

static volatile sig_atomic_t arrived;

static void note(int sig)
{
    arrived = sig;
}

static void send_one(void)
{
    raise(SIGUSR1);
    MUST(arrived == SIGUSR1);
}

static void *end(void *arg)
{
    return arg;
}

int main(void)
{
    pthread_t id;
    signal(SIGUSR1, note);
    atexit(send_one);
    MUST(pthread_create(&id, NULL, end, NULL) == 0 && pthread_join(id, NULL) == 0);
    pthread_exit(NULL);
}
