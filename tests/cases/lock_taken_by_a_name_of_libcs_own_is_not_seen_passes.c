// flags: -pthread
/* Two locks in both orders, taken and given back past every symbol but the last, and one that is
 * given back by the name that csan knows: no misuse. */
#include "locks.h"

#include <dlfcn.h>

static int (*lock_past_csan)(pthread_mutex_t *);

static void *forwards(void *arg)
{
    MUST(lock_past_csan(&locks[0]) == 0 && lock_past_csan(&locks[1]) == 0);
    MUST(pthread_mutex_unlock(&locks[1]) == 0 && pthread_mutex_unlock(&locks[0]) == 0);
    return arg;
}

static void *backwards(void *arg)
{
    MUST(lock_past_csan(&locks[1]) == 0 && lock_past_csan(&locks[0]) == 0);
    MUST(pthread_mutex_unlock(&locks[0]) == 0 && pthread_mutex_unlock(&locks[1]) == 0);
    return arg;
}

int main(void)
{
    *(void **)&lock_past_csan = dlvsym(RTLD_NEXT, "__pthread_mutex_lock", "GLIBC_2.2.5");
    init_locks();
    run_one(forwards, NULL);
    run_one(backwards, NULL);
    return 0;
}
