// env: CSAN_LOCK_MISUSE=off
// findings: 1
// expect: csan\[deadlock\]: a thread waits for mutex [0x`][^` ,:]+`?, which it holds itself
// expect: try: +make it a recursive mutex, or split off a function
/* The mutex that another thread unlocked is no more: what lies in its place is another. */
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *give(void *arg)
{
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t id;
    pthread_mutex_lock(&lock);
    MUST(pthread_create(&id, NULL, give, NULL) == 0);
    MUST(pthread_join(id, NULL) == 0);
    MUST(pthread_mutex_destroy(&lock) == 0);
    MUST(pthread_mutex_init(&lock, NULL) == 0);
    MUST(pthread_mutex_lock(&lock) == 0);
    MUST(pthread_mutex_lock(&lock) == 0);
    return 0;
}
