// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// expect: error: csan\[wait\]: waited [0-9.]+ m?s for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// expect: held by thread [0-9]+, which took it where csan does not look$
// findings: 1
/* Taken by a name of libc's own. */
#include "waits.h"

#include <dlfcn.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    int (*lock_past_csan)(pthread_mutex_t *);
    *(void **)&lock_past_csan = dlvsym(RTLD_NEXT, "__pthread_mutex_lock", "GLIBC_2.2.5");
    MUST(lock_past_csan && lock_past_csan(&lock) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
