/* Calls by which the kernel writes to memory of the program: a share, where the kernel would say
 * EFAULT, is told of, and written to by the owner's address. Beside the program's own faults
 * (session/trap.h) this is the second way to a mutation of share=precise.
 *
 *     LAND_NAP(ssize_t, to, SYNC_IO, fd, "read", false, read(fd, home, n)); returns
 *
 * Needs nap.h; used by wait.c and stream.c. */
#ifndef CSAN_HOOK_LAND_H
#define CSAN_HOOK_LAND_H

#include "hook/nap.h"
#include "detect/share_precise.h"
#include "record/colour.h"
#include "session/trap.h"

#include <sys/uio.h>

struct landing {
    struct share_store store; /* by: NULL: nothing is to be told */
};

CSAN_COLD void *csan__land_on_share(struct landing *l, void *to, const char *call,
                                    const struct regs *at);

/* Where the call is to write. */
static CSAN_ALWAYS_INLINE void *land(struct landing *l, void *to, const char *call,
                                     const struct regs *at)
{
    l->store.by = NULL;
    return csan__colour_holds((uintptr_t)to) ? csan__land_on_share(l, to, call, at) : to;
}

static CSAN_ALWAYS_INLINE void landed(const struct landing *l, bool wrote)
{
    struct thread *t = CSAN_UNLIKELY(l->store.by != NULL) && wrote ? enter() : NULL;
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

#define LAND_NAP_PARTS(to, n, kind, object, name, call)                                            \
    do {                                                                                           \
        ssize_t result;                                                                            \
        struct iovec homes[LAND_PARTS];                                                            \
        struct landing landing = {.store.by = NULL};                                               \
        bool any = CSAN_UNLIKELY(csan__colour_bytes != 0) && (n) > 0;                              \
        const struct iovec *volatile const home =                                                  \
            any ? csan__land_parts(&landing, (to), (size_t)(n), homes, (name), &at) : (to);        \
        NAP_INTO(result, kind, object, name, false, call);                                         \
        landed(&landing, result > 0);                                                              \
        return result;                                                                             \
    } while (0)

/* home: volatile, as cancelling may jump out of the call. */
#define LAND_NAP(type, to, kind, object, name, timed, call)                                        \
    do {                                                                                           \
        type result;                                                                               \
        struct landing landing;                                                                    \
        void *volatile const home = land(&landing, (to), (name), &at);                             \
        NAP_INTO(result, kind, object, name, timed, call);                                         \
        landed(&landing, result > 0);                                                              \
        return result;                                                                             \
    } while (0)

#endif
