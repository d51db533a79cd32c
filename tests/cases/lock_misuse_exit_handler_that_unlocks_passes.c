// flags: -pthread
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void unlock(void)
{
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    MUST(atexit(unlock) == 0);
    pthread_mutex_lock(&lock);
    exit(0);
}
