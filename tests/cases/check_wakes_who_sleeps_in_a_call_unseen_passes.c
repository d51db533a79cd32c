// env: CSAN_MAX_THREADS=off
// plain: no
// flags: -pthread
#include "case.h"

#include <csan.h>

/* stdio's read is none that a hook sees: the thread is sent a signal, and its call is begun again,
 * so that it sees nothing of it. A time-out of the socket's own would begin anew (limits.md). */
static int ends[2];
static pid_t tid;

static void *work(void *arg)
{
    FILE *in = fdopen(ends[0], "r");
    MUST(in);
    __atomic_store_n(&tid, my_tid(), __ATOMIC_SEQ_CST);
    MUST(fgetc(in) == 'x');
    MUST(fclose(in) == 0);
    return arg;
}

static long sleeps_of_it(void)
{
    char path[64], line[128];
    long n = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
    FILE *f = fopen(path, "r");
    MUST(f);
    while (n < 0 && fgets(line, sizeof line, f))
        sscanf(line, "voluntary_ctxt_switches: %ld", &n);
    MUST(fclose(f) == 0);
    return n;
}

int main(void)
{
    pthread_t thread;
    csan_mark_t mark = csan_mark();
    MUST(pipe(ends) == 0);
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
    wait_until_in_call(tid, SYS_read);
    long before = sleeps_of_it();
    MUST(csan_check(mark) == 0);
    wait_until_in_call(tid, SYS_read);
    MUST(sleeps_of_it() > before);
    MUST(write(ends[1], "x", 1) == 1);
    MUST(pthread_join(thread, NULL) == 0);
    MUST(close(ends[1]) == 0);
    return 0;
}
