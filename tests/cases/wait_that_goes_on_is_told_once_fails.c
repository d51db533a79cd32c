// flags: -pthread
// env: CSAN_MAX_WAIT=50ms
// env: CSAN_MAX_THREADS=off
// expect: ^{{at:wait}}: error: csan\[wait\]: has waited [0-9]+ ms for (a mutex|mutex `[^`]+`) > max_wait=50ms$
// findings: 1
#include "waits.h"

#include <csan.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
    begin_to_wait();
    pthread_mutex_lock(&lock); /* wait */
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    csan_mark_t first = csan_mark();
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    wait_until_it_waits();
    nap_ms(150);
    int found = csan_check(first);
    csan_mark_t second = csan_mark();
    nap_ms(100);
    int again = csan_check(second);
    pthread_mutex_unlock(&lock);
    MUST(pthread_join(thread, NULL) == 0);
    MUST(again == 0);
    (void)found; /* 0 without csan */
    return 0;
}
