#include "hook/land.h"

#include <limits.h>

void *csan__land_on_share(struct landing *l, void *to, const char *call, const struct regs *at)
{
    struct thread *t = enter();
    l->ahead = 0;
    if (!t)
        return to;
    struct share_call c = {.self = t, .at = at};
    uintptr_t home = csan__precise_will_write(&c, (uintptr_t)to, call, &l->store);
    leave(t);
    return (void *)home;
}

bool csan__land_is_on_share(const struct iovec *parts, size_t n)
{
    bool any = false;
    for (size_t i = 0; parts && i < n && n <= LAND_PARTS; i++)
        any |= csan__colour_holds((uintptr_t)parts[i].iov_base);
    return any;
}

const struct iovec *csan__land_parts(struct landing *l, const struct iovec *parts, size_t n,
                                     struct iovec *homes, const char *call, const struct regs *at)
{
    struct landing one;
    size_t ahead = 0;
    l->store.by = NULL;
    if (!csan__land_is_on_share(parts, n))
        return parts;
    for (size_t i = 0; i < n; i++) {
        homes[i] = parts[i];
        homes[i].iov_base = land(&one, parts[i].iov_base, parts[i].iov_len, call, at);
        if (one.store.by && !l->store.by) {
            *l = one;
            l->ahead = ahead;
        }
        ahead += parts[i].iov_len;
    }
    return homes;
}

void csan__lift_off_share(const void *from, const char *call, const struct regs *at)
{
    struct thread *t = enter();
    if (!t)
        return;
    struct share_call c = {.self = t, .at = at};
    csan__precise_will_read(&c, (uintptr_t)from, call);
    leave(t);
}

void csan__lift_parts_off_shares(const struct iovec *parts, size_t n, const char *call,
                                 const struct regs *at)
{
    for (size_t i = 0; parts && i < n && n <= IOV_MAX; i++)
        lift(parts[i].iov_base, parts[i].iov_len, call, at);
}
