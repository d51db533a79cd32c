// flags: -pthread
/* What the program does ahead of all libraries comes first: its unlock is no misuse. */
#include "case.h"

#include <errno.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void begin_early(void)
{
    pthread_mutex_lock(&lock);
}

__attribute__((section(".preinit_array"), used)) static void (*early)(void) = begin_early;

int main(void)
{
    MUST(pthread_mutex_trylock(&lock) == EBUSY);
    MUST(pthread_mutex_unlock(&lock) == 0);
    return 0;
}
