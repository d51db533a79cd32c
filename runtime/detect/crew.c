#include "detect/crew.h"
#include "base/os.h"
#include "detect/load.h"
#include "record/proc.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#define STACK_BYTES ((size_t)128 << 10)

#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif
#ifndef UNDER_TSAN
#define UNDER_TSAN 0 /* whose instrumented code needs a thread-local of its own */
#endif

/* A filter may end the process for a clone. True as well where that cannot be known. */
static bool is_filtered(void)
{
    static const char sign[] = "\nSeccomp:\t0";
    char text[4096];
    return !csan__proc_read("/proc/thread-self/status", text, sizeof text) || !strstr(text, sign);
}

uint32_t csan__crew_size(void)
{
    uint32_t n = csan__load_cores();
    if (UNDER_TSAN || n < 2 || is_filtered())
        return 0;
    return n - 1 < CREW_MAX ? n - 1 : CREW_MAX;
}

static int run(void *arg)
{
    struct hand *h = arg;
    h->work(h->arg);
    csan__os_syscall(SYS_exit, 0, 0, 0, 0, 0, 0);
    return 0;
}

/* A signal meant for the process must find one of the program's threads. */
static long clone_unsignalled(struct hand *h)
{
    uint64_t all = ~(uint64_t)0, old = 0;
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&old, sizeof old, 0, 0);
    long tid = csan__os_clone(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                  CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
                              (char *)h->stack + STACK_BYTES, run, h);
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old, 0, 0);
    return tid;
}

bool csan__crew_join(struct crew *c, void (*work)(void *arg), void *arg)
{
    if (c->n == CREW_MAX)
        return false;
    struct hand *h = &c->hands[c->n];
    *h = (struct hand){.tid = 1, .work = work, .arg = arg, .stack = csan__os_map(STACK_BYTES)};
    if (!h->stack)
        return false;
    if (clone_unsignalled(h) < 0) {
        csan__os_unmap(h->stack, STACK_BYTES);
        return false;
    }
    c->n++;
    return true;
}

void csan__crew_end(struct crew *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        struct hand *h = &c->hands[i];
        for (uint32_t tid; (tid = __atomic_load_n(&h->tid, __ATOMIC_ACQUIRE)) != 0;)
            csan__os_syscall(SYS_futex, (long)&h->tid,
                             0 /* FUTEX_WAIT, not private: the kernel wakes */, tid, 0, 0, 0);
        csan__os_unmap(h->stack, STACK_BYTES);
    }
    c->n = 0;
}
