/* A limit: while a store through a share is carried out, another thread's to the same page of the
 * same share is, too, and nobody is told. The parent, as a debugger, stops the first in between. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_CHILDREN=on
// expect: ^{{at:seen}}: error: csan\[mutation\]
// expect-not: {{at:missed}}
// stdout: ^1 2$
// stdout: ^stopped in between$
#include "cached.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>

static char *row;
static volatile int *turn; /* 1: the second is to store, 2: it has */

static void *second(void *arg)
{
    while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) != 1)
        sched_yield();
    ((volatile char *)row)[1] = 2; /* missed */
    __atomic_store_n(turn, 2, __ATOMIC_RELEASE);
    return arg;
}

static int child(void)
{
    pthread_t thread;
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    row = (char *)csan_share(p);
    MUST(pthread_create(&thread, NULL, second, NULL) == 0);
    MUST(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
    ((volatile char *)row)[0] = 1; /* seen */
    MUST(pthread_join(thread, NULL) == 0);
    printf("%d %d\n", p[0], p[1]);
    csan_release(row);
    drop(p);
    row = NULL;
    return 0;
}

int main(void)
{
    int status;
    turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0)
        return child();
    while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
        int sig = WSTOPSIG(status);
        if (sig == SIGTRAP && *turn == 0) {
            puts("stopped in between");
            __atomic_store_n(turn, 1, __ATOMIC_RELEASE);
            while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) != 2)
                sched_yield();
        }
        MUST(ptrace(PTRACE_CONT, pid, 0, sig) == 0);
    }
    MUST(WIFEXITED(status));
    return 0;
}
