// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// expect: ^csan: 1 thread of dump_of_a_forked_child_passes \(process [0-9]+\), by stack:$
// expect: ^    at in_child
// expect-not: not so
#include "dump.h"

static NOINLINE void in_child(void)
{
    MUST(kill(getpid(), SIGUSR1) == 0);
    wait_for_dump();
    keep(NULL);
}

int main(void)
{
    begin_dumps();
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        in_child();
        return 0;
    }
    wait_for_status(child, 0);
    end_dumps();
    return 0;
}
