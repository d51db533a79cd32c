/* Calls by which the kernel reaches memory of the program's past its instructions: beside the
 * program's own faults (session/trap.h) the second way to a finding of share=precise.
 *
 * land: the kernel is to write. A share, where it would say EFAULT, is told of, and written to by
 * the owner's address. lift: it is to read. A guard, where it would say EFAULT too, is told of and
 * taken away.
 *
 *     LAND_NAP(ssize_t, to, n, SYNC_IO, fd, "read", false, read(fd, home, n)); returns
 *     LAND(to, n, "readlink", readlink(path, home, n));                       the same, never
 * sleeps
 *
 * Needs nap.h; used by transfer.c, stream.c and syscall.c. */
#ifndef CSAN_HOOK_LAND_H
#define CSAN_HOOK_LAND_H

#include "hook/nap.h"
#include "detect/share_precise.h"
#include "record/colour.h"
#include "session/trap.h"

#include <sys/uio.h>

struct landing {
    struct share_store store; /* by: NULL: nothing is to be told */
    size_t ahead;             /* bytes that the call writes elsewhere, before */
};

CSAN_COLD void *csan__land_on_share(struct landing *l, void *to, const char *call,
                                    const struct regs *at);

/* Where the call is to write. */
static CSAN_ALWAYS_INLINE void *land(struct landing *l, void *to, size_t n, const char *call,
                                     const struct regs *at)
{
    l->store.by = NULL;
    return csan__colour_holds((uintptr_t)to) && n ? csan__land_on_share(l, to, call, at) : to;
}

/* wrote: so many bytes in all, or an error. */
static CSAN_ALWAYS_INLINE void landed(const struct landing *l, ssize_t wrote)
{
    struct thread *t =
        CSAN_UNLIKELY(l->store.by != NULL) && wrote > (ssize_t)l->ahead ? enter() : NULL;
    if (!t)
        return;
    csan__trap_tell(&l->store);
    leave(t);
}

#define LAND_PARTS 64u /* of an iovec with more the kernel says EFAULT */

CSAN_COLD bool csan__land_is_on_share(const struct iovec *parts, size_t n);
/* The parts, or homes with those that are shares by the owner's address. The first is told of. */
CSAN_COLD const struct iovec *csan__land_parts(struct landing *l, const struct iovec *parts,
                                               size_t n, struct iovec *homes, const char *call,
                                               const struct regs *at);

static CSAN_ALWAYS_INLINE const struct iovec *land_parts(struct landing *l, const struct iovec *to,
                                                         int n, struct iovec *homes,
                                                         const char *call, const struct regs *at)
{
    l->store.by = NULL;
    return CSAN_UNLIKELY(csan__colour_bytes != 0) && n > 0
               ? csan__land_parts(l, to, (size_t)n, homes, call, at)
               : to;
}

CSAN_COLD void csan__lift_off_share(const void *from, const char *call, const struct regs *at);
CSAN_COLD void csan__lift_parts_off_shares(const struct iovec *parts, size_t n, const char *call,
                                           const struct regs *at);

static CSAN_ALWAYS_INLINE void lift(const void *from, size_t n, const char *call,
                                    const struct regs *at)
{
    if (csan__colour_holds((uintptr_t)from) && n)
        csan__lift_off_share(from, call, at);
}

static CSAN_ALWAYS_INLINE void lift_parts(const struct iovec *parts, int n, const char *call,
                                          const struct regs *at)
{
    if (CSAN_UNLIKELY(csan__colour_bytes != 0) && n > 0)
        csan__lift_parts_off_shares(parts, (size_t)n, call, at);
}

static CSAN_ALWAYS_INLINE void lift_message(const struct msghdr *m, const char *call,
                                            const struct regs *at)
{
    if (CSAN_UNLIKELY(csan__colour_bytes != 0) && m)
        csan__lift_parts_off_shares(m->msg_iov, m->msg_iovlen, call, at);
}

/* home: volatile, as cancelling may jump out of the call. */
#define LAND_NAP(type, to, n, kind, object, name, timed, call)                                     \
    do {                                                                                           \
        type result;                                                                               \
        struct landing landing;                                                                    \
        void *volatile const home = land(&landing, (to), (n), (name), &at);                        \
        NAP_INTO(result, kind, object, name, timed, call);                                         \
        landed(&landing, result);                                                                  \
        return result;                                                                             \
    } while (0)

#define LAND_NAP_PARTS(to, n, kind, object, name, call)                                            \
    do {                                                                                           \
        ssize_t result;                                                                            \
        struct iovec homes[LAND_PARTS];                                                            \
        struct landing landing;                                                                    \
        const struct iovec *volatile const home =                                                  \
            land_parts(&landing, (to), (n), homes, (name), &at);                                   \
        NAP_INTO(result, kind, object, name, false, call);                                         \
        landed(&landing, result);                                                                  \
        return result;                                                                             \
    } while (0)

#define LAND(to, n, name, call)                                                                    \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        struct landing landing;                                                                    \
        csan__real_ready();                                                                        \
        void *home = land(&landing, (to), (n), (name), &at);                                       \
        ssize_t result = csan__real.call;                                                          \
        landed(&landing, result);                                                                  \
        return result;                                                                             \
    } while (0)

#define LAND_PARTS_OF(to, n, name, call)                                                           \
    do {                                                                                           \
        struct iovec homes[LAND_PARTS];                                                            \
        struct landing landing;                                                                    \
        csan__real_ready();                                                                        \
        const struct iovec *home = land_parts(&landing, (to), (n), homes, (name), &at);            \
        ssize_t result = csan__real.call;                                                          \
        landed(&landing, result);                                                                  \
        return result;                                                                             \
    } while (0)

#define LIFT(from, n, name, call)                                                                  \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        csan__real_ready();                                                                        \
        lift((from), (n), (name), &at);                                                            \
        return csan__real.call;                                                                    \
    } while (0)

#define LIFT_PARTS(from, n, name, call)                                                            \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        csan__real_ready();                                                                        \
        lift_parts((from), (n), (name), &at);                                                      \
        return csan__real.call;                                                                    \
    } while (0)

#endif
