/* The kernel's own form of a signal's disposition, for what libc would refuse or the program would
 * see: stop.c's signal that libc keeps for itself, fatal.c's handlers in the place of defaults. */
#ifndef CSAN_SESSION_KERNEL_SIGNAL_H
#define CSAN_SESSION_KERNEL_SIGNAL_H

#include "base/os.h"

#include <signal.h>
#include <sys/syscall.h>

#define KERNEL_SA_RESTORER 0x04000000u

struct kernel_sigaction {
    void (*handler)(int, siginfo_t *, void *);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* Sets it and tells what it was; act or old may be NULL. Handlers return by csan__os_sigreturn.
 * 0 or -errno. */
static inline long csan__kernel_sigaction(int sig, const struct kernel_sigaction *act,
                                          struct kernel_sigaction *old)
{
    return csan__os_syscall(SYS_rt_sigaction, sig, (long)act, (long)old, sizeof(uint64_t), 0, 0);
}

#endif
