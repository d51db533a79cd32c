// flags: -pthread
// env: CSAN_MAX_WAIT=off
// env: CSAN_MAX_WAIT_TOTAL=1ms
// expect: ^{{at:look up}}: error: csan\[wait\]: .* for (a mutex|mutex `[^`]+`) > max_wait_total=1ms$
// expect: [0-9]+ of its [0-9]+ waits came by one path
// expect: try: if that path only reads: a rwlock, or
// findings: 1
#include "waits_of_many.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void look_up(void)
{
    before_it();
    pthread_mutex_lock(&lock); /* look up */
    int mine = inside_it(200);
    pthread_mutex_unlock(&lock);
    after_it(mine);
}

static NOINLINE void replace(void)
{
    before_it();
    pthread_mutex_lock(&lock); /* replace */
    int mine = inside_it(200);
    pthread_mutex_unlock(&lock);
    after_it(mine);
}

static void section(int who, int round)
{
    if (who == 0 && round % 20 == 10)
        replace();
    else
        look_up();
}

int main(void)
{
    run_workers(4);
    return 0;
}
