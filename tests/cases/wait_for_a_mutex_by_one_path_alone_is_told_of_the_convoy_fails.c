// flags: -pthread
// env: CSAN_MAX_WAIT=off
// env: CSAN_MAX_WAIT_TOTAL=1ms
// expect: ^{{at:count}}: error: csan\[wait\]: .* for (a mutex|mutex `[^`]+`) > max_wait_total=1ms$
// expect: a convoy: [0-9]+ of [0-9]+ hand-overs left two or more waiting
// expect: try: shard it, or take it less often for more at a time: all pass here one by one
// expect-not: rwlock
// findings: 1
#include "waits_of_many.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void count(void)
{
    before_it();
    pthread_mutex_lock(&lock); /* count */
    int mine = inside_it(200);
    pthread_mutex_unlock(&lock);
    after_it(mine);
}

static void section(int who, int round)
{
    (void)who;
    (void)round;
    count();
}

int main(void)
{
    run_workers(4);
    return 0;
}
