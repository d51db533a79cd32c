#include "session/resume.h"
#include "base/os.h"
#include "record/sync.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define EPOLL_PWAIT2 441
#define NS_PER_S ((uint64_t)1000000000u)
#define NS_PER_MS ((uint64_t)1000000u)

/* Calls that may end with EINTR after any handler, SA_RESTART or not (signal(7)); sockets do when
 * they have a time-out. */
static bool ends_with_eintr(long call)
{
    static const uint16_t calls[] = {
        SYS_poll,          SYS_select,       SYS_pause,    SYS_nanosleep,   SYS_clock_nanosleep,
        SYS_epoll_wait,    SYS_pselect6,     SYS_ppoll,    SYS_epoll_pwait, SYS_semtimedop,
        SYS_semop,         SYS_msgrcv,       SYS_msgsnd,   SYS_futex,       SYS_rt_sigtimedwait,
        SYS_rt_sigsuspend, SYS_io_getevents, EPOLL_PWAIT2, SYS_read,        SYS_readv,
        SYS_recvfrom,      SYS_recvmsg,      SYS_recvmmsg, SYS_write,       SYS_writev,
        SYS_sendto,        SYS_sendmsg,      SYS_sendmmsg, SYS_accept,      SYS_accept4,
        SYS_connect};
    for (size_t i = 0; i < CSAN_COUNT(calls); i++)
        if (calls[i] == call)
            return true;
    return false;
}

/* mov $number,%eax stands before the system call. */
static long call_in_code(const unsigned char *code)
{
    if (code[-5] != 0xb8)
        return TASK_UNKNOWN;
    uint32_t number;
    memcpy(&number, code - 4, sizeof number);
    return ends_with_eintr((long)number) ? (long)number : TASK_UNKNOWN;
}

/* ------------------------------------------------------------------ what is left of the time */

/* The wait that this call is of; NULL: not known. */
static const struct waiting *wait_of(const struct thread *self, uintptr_t sp)
{
    const struct waiting *w = self && self->sync ? &self->sync->wait : NULL;
    return w && w->kind != SYNC_NONE && w->sp - sp <= RESUME_FRAMES_BYTES ? w : NULL;
}

/* Counted from the wait's beginning and from what the program gave, however often it was begun
 * again. */
static uint64_t left_of(struct thread *self, uint64_t given_ns)
{
    const struct waiting *w = &self->sync->wait;
    if (self->resumed_wait_ns != w->since_ns) {
        self->resumed_wait_ns = w->since_ns;
        self->time_given_ns = given_ns;
    }
    uint64_t end = w->since_ns + self->time_given_ns, now = csan__os_now_ns();
    return end > now ? end - now : 0;
}

static void shorten_ms(greg_t *ms, struct thread *self)
{
    int given = (int)*ms;
    if (given > 0)
        *ms = (greg_t)((left_of(self, (uint64_t)given * NS_PER_MS) + NS_PER_MS - 1) / NS_PER_MS);
}

/* The program's own is not ours to write to: what is left stands in the thread's record. */
static void shorten_time(greg_t *where, struct thread *self)
{
    const struct timespec *given = (const struct timespec *)*where;
    if (!given || given->tv_sec < 0 || (uint64_t)given->tv_sec > INT64_MAX / NS_PER_S / 2)
        return;
    uint64_t left = left_of(self, (uint64_t)given->tv_sec * NS_PER_S + (uint64_t)given->tv_nsec);
    self->time_left = (struct timespec){(time_t)(left / NS_PER_S), (long)(left % NS_PER_S)};
    *where = (greg_t)&self->time_left;
}

/* The kernel has written what is left to `rest`, where the program wants to know. */
static void shorten_sleep(greg_t *where, greg_t rest, struct thread *self)
{
    if (!rest) {
        shorten_time(where, self);
        return;
    }
    self->time_left = *(const struct timespec *)rest;
    *where = (greg_t)&self->time_left;
}

/* select, pselect6 and ppoll: the kernel itself has written what is left. */
static void shorten(long call, greg_t *r)
{
    struct thread *self = csan__thread_self;
    if (!wait_of(self, (uintptr_t)r[REG_RSP]))
        return;
    if (call == SYS_poll)
        shorten_ms(&r[REG_RDX], self);
    else if (call == SYS_epoll_wait || call == SYS_epoll_pwait)
        shorten_ms(&r[REG_R10], self);
    else if (call == SYS_nanosleep)
        shorten_sleep(&r[REG_RDI], r[REG_RSI], self);
    else if (call == SYS_clock_nanosleep && !(r[REG_RSI] & TIMER_ABSTIME))
        shorten_sleep(&r[REG_RDX], r[REG_R10], self);
    else if (call == SYS_rt_sigtimedwait)
        shorten_time(&r[REG_RDX], self);
    else if (call == SYS_semtimedop || call == EPOLL_PWAIT2)
        shorten_time(&r[REG_R10], self);
    else if (call == SYS_futex && (r[REG_RSI] & FUTEX_CMD_MASK) == FUTEX_WAIT)
        shorten_time(&r[REG_R10], self);
}

/* The thread is put back before its system call instruction (0f 05), with the call's number. */
void csan__resume_call(ucontext_t *uc, long call, uintptr_t pc)
{
    greg_t *r = uc->uc_mcontext.gregs;
    uintptr_t at = (uintptr_t)r[REG_RIP];
    const unsigned char *code = (const unsigned char *)at - 2;
    if (r[REG_RAX] != -EINTR || code[0] != 0x0f || code[1] != 0x05)
        return;
    if (call < 0 || at != pc)
        call = call_in_code(code);
    if (call < 0)
        return;
    shorten(call, r);
    r[REG_RAX] = call;
    r[REG_RIP] = (greg_t)(at - 2);
}
