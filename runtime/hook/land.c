#include "hook/land.h"

void *csan__land_on_share(struct landing *l, void *to, const char *call, const struct regs *at)
{
    struct thread *t = enter();
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
    for (size_t i = 0; i < n && n <= LAND_PARTS; i++)
        any |= csan__colour_holds((uintptr_t)parts[i].iov_base);
    return any;
}

const struct iovec *csan__land_parts(struct landing *l, const struct iovec *parts, size_t n,
                                     struct iovec *homes, const char *call, const struct regs *at)
{
    struct landing one;
    l->store.by = NULL;
    if (!csan__land_is_on_share(parts, n))
        return parts;
    for (size_t i = 0; i < n; i++) {
        homes[i] = parts[i];
        homes[i].iov_base = land(&one, parts[i].iov_base, call, at);
        if (one.store.by && !l->store.by)
            *l = one;
    }
    return homes;
}
