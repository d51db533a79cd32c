// flags: -pthread -Wno-deprecated-declarations
// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// expect: ^csan: end of the threads
// expect-not: not so
#include "dump.h"

static volatile sig_atomic_t handled;
static pid_t reader;
static int ends[2];

static void handle(int sig)
{
    handled = sig;
}

static void *send_it(void *arg)
{
    wait_until_in_call(reader, SYS_read);
    MUST(syscall(SYS_tgkill, getpid(), reader, SIGUSR1) == 0);
    return arg;
}

/* The call is broken off, as it is without csan. */
int main(void)
{
    pthread_t thread;
    char c;
    reader = my_tid();
    MUST(pipe(ends) == 0);
    MUST(signal(SIGUSR1, handle) == SIG_DFL);
    MUST(siginterrupt(SIGUSR1, 1) == 0);
    begin_dumps();
    MUST(pthread_create(&thread, NULL, send_it, NULL) == 0);
    MUST(read(ends[0], &c, 1) == -1 && errno == EINTR);
    MUST(handled == SIGUSR1);
    wait_for_dump();
    MUST(pthread_join(thread, NULL) == 0);
    end_dumps();
    return 0;
}
