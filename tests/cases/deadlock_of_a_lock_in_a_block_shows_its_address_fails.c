/* A lock that is no variable has no name but what csan_name gives it. */
// flags: -pthread
// expect: csan\[deadlock\]: a thread waits for mutex 0x[0-9a-f]+, which it holds itself
// findings: 1
// plain: no
#include "case.h"

int main(void)
{
    pthread_mutex_t *lock = malloc(sizeof *lock);
    MUST(lock && pthread_mutex_init(lock, NULL) == 0);
    pthread_mutex_lock(lock);
    pthread_mutex_lock(lock);
    return 0;
}
