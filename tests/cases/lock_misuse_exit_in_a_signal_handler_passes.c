// flags: -pthread
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void end(int sig)
{
    (void)sig;
    _exit(0);
}

int main(void)
{
    MUST(signal(SIGTERM, end) != SIG_ERR);
    pthread_mutex_lock(&lock);
    raise(SIGTERM);
    return 1;
}
