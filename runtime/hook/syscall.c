/* syscall(2): futex is told, and what reaches memory of share=precise (land.h). All else goes to
 * libc's function by a jump, so that clone and vfork find the stack as they would without csan.
 * No cancellation point, and none of its calls is one. */
#include "hook/land.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>

static long first_syscall(long nr, long a, long b, long c, long d, long e, long f)
    __attribute__((used));
static long futex_call(long nr, long word, long op, long value, long time, long word2, long value3)
    __attribute__((used));
static long landing_call(long nr, long a, long b, long c, long d, long e, long f)
    __attribute__((used));
static long (*real_syscall)(long, ...) __attribute__((used)) = (long (*)(long, ...))first_syscall;

static long first_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
    if (!csan__real_ready())
        return -1;
    __atomic_store_n(&real_syscall, csan__real.syscall, __ATOMIC_RELEASE);
    return csan__real.syscall(nr, a, b, c, d, e, f);
}

static bool sleeps(long op)
{
    switch (op & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        return true;
    default:
        return false;
    }
}

static long futex_call(long nr, long word, long op, long value, long time, long word2, long value3)
{
    struct regs at = REGS_OF_CALLER();
    struct nap nap = {NULL};
    if (sleeps(op))
        nap_begin(&nap, SYNC_FUTEX, (uintptr_t)word, "futex", time != 0, &at);
    long result = csan__real_ready()
                      ? SLEEP_IN(csan__real.syscall(nr, word, op, value, time, word2, value3))
                      : -1;
    nap_end(&nap, result == 0);
    return result;
}

/* Where share=precise is: calls that bring bytes to one address, the n-th argument, and so many by
 * the one after it; or take them from there. By number. */
static const struct mover {
    int address;
    bool takes;
    const char *name; /* NULL: it is another call */
} movers[] __attribute__((used)) = {
    [SYS_read] = {1, false, "read"},           [SYS_pread64] = {1, false, "pread"},
    [SYS_recvfrom] = {1, false, "recvfrom"},   [SYS_getdents64] = {1, false, "getdents64"},
    [SYS_readlink] = {1, false, "readlink"},   [SYS_readlinkat] = {2, false, "readlinkat"},
    [SYS_getrandom] = {0, false, "getrandom"}, [SYS_getcwd] = {0, false, "getcwd"},
    [SYS_write] = {1, true, "write"},          [SYS_pwrite64] = {1, true, "pwrite"},
    [SYS_sendto] = {1, true, "sendto"},
};

static long landing_call(long nr, long a, long b, long c, long d, long e, long f)
{
    struct regs at = REGS_OF_CALLER();
    struct landing landing = {.store.by = NULL};
    const struct mover *m = &movers[nr];
    long args[] = {a, b, c, d, e, f}, *address = &args[m->address];
    if (m->takes)
        lift((void *)address[0], (size_t)address[1], m->name, &at);
    else
        address[0] = (long)land(&landing, (void *)address[0], (size_t)address[1], m->name, &at);
    csan__real_ready();
    long result = csan__real.syscall(nr, args[0], args[1], args[2], args[3], args[4], args[5]);
    landed(&landing, result);
    return result;
}

/* r10 and r11 are nobody's across a call. */
__attribute__((naked)) CSAN_API long HOOK_NAME(syscall)(__attribute__((unused)) long nr, ...)
{
    __asm__("cmpq $202, %rdi\n\t" /* SYS_futex */
            "je futex_call\n\t"
            "cmpq $0, csan__colour_bytes(%rip)\n\t"
            "je 0f\n\t"
            "cmpq $318, %rdi\n\t" /* SYS_getrandom, the last of movers */
            "ja 0f\n\t"
            "movq %rdi, %r11\n\t"
            "shlq $4, %r11\n\t"
            "leaq movers(%rip), %r10\n\t"
            "cmpq $0, 8(%r10,%r11)\n\t" /* its name */
            "jne landing_call\n"
            "0:\tjmp *real_syscall(%rip)");
}
_Static_assert(SYS_futex == 202 && CSAN_COUNT(movers) == 319 && sizeof *movers == 16 &&
                   offsetof(struct mover, name) == 8,
               "the numbers in the instructions above");
