// flags: -pthread
// env: CSAN_MAX_WAIT=off
// env: CSAN_MAX_WAIT_TOTAL=1ms
// expect: error: csan\[wait\]: .* for (a rwlock|rwlock `[^`]+`), to write > max_wait_total=1ms$
// expect: [0-9]+ of [0-9]+ that came while one wrote came to write as well
// expect: try: make it a plain mutex
// findings: 1
#include "waits_of_many.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static NOINLINE void look_up(void)
{
    before_it();
    pthread_rwlock_rdlock(&lock);
    int mine = inside_it(200);
    pthread_rwlock_unlock(&lock);
    after_it(mine);
}

static NOINLINE void replace(void)
{
    before_it();
    pthread_rwlock_wrlock(&lock);
    int mine = inside_it(200);
    pthread_rwlock_unlock(&lock);
    after_it(mine);
}

static void section(int who, int round)
{
    if (who == 0 && round % 20 == 10)
        look_up();
    else
        replace();
}

int main(void)
{
    run_workers(4);
    return 0;
}
