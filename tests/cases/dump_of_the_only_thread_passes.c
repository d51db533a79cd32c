// plain: no
// env: CSAN_DUMP_SIGNAL=QUIT
// expect: ^csan: 1 thread of dump_of_the_only_thread_passes \(process [0-9]+\), by stack:$
// expect: ^1 thread waits in read for .*: thread [0-9]+$
// expect: ^    at main .*
#include "dump.h"

int main(void)
{
    struct sigaction now;
    begin_dumps();
    MUST(kill(getpid(), SIGQUIT) == 0);
    wait_for_dump();
    MUST(sigaction(SIGQUIT, NULL, &now) == 0);
    MUST(now.sa_handler == SIG_DFL && now.sa_flags == 0);
    end_dumps();
    return 0;
}
