#include "record/share_owner.h"
#include "base/arena.h"
#include "base/text.h"
#include "record/block.h"
#include "record/share.h"

#define KNOWN 16u

static struct {
    struct share_owner *first;        /* newest */
    struct share_owner *known[KNOWN]; /* that calls named lately */
} the;

static void copy_name(char *to, const char *from)
{
    struct text t = {.buf = to, .cap = SHARE_NAME_MAX};
    size_t n = 0;
    to[0] = '\0';
    while (from && n < SHARE_NAME_MAX && from[n])
        n++;
    if (n == 0)
        csan__text_str(&t, "unnamed");
    else if (n < SHARE_NAME_MAX)
        csan__text_mem(&t, from, n);
    else {
        csan__text_mem(&t, from, SHARE_NAME_MAX - 4);
        csan__text_str(&t, "…");
    }
    for (char *c = to; *c; c++)
        if ((unsigned char)*c < ' ' || *c == '"')
            *c = '?';
}

struct share_owner *csan__share_owner_add(const char *name, bool is_pool)
{
    struct share_owner *o = csan__arena_alloc(sizeof *o);
    if (!o)
        return NULL;
    copy_name(o->name, name);
    o->is_pool = is_pool;
    o->next = __atomic_load_n(&the.first, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&the.first, &o->next, o, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
    return o;
}

struct share_owner *csan__share_owner_named(const char *name)
{
    char known[SHARE_NAME_MAX];
    struct share_owner *o = csan__share_owners(), *oldest = NULL;
    copy_name(known, name);
    for (; o; o = o->next)
        if (!o->is_pool && csan__text_equal(o->name, known))
            oldest = o;
    return oldest ? oldest : csan__share_owner_add(name, false);
}

struct share_owner *csan__share_owner_of(void *p, bool is_pool)
{
    struct share_owner **known = &the.known[((uintptr_t)p >> 6) % KNOWN];
    struct share_owner *o = p ? __atomic_load_n(known, __ATOMIC_ACQUIRE) : NULL;
    if (p && o != p) {
        for (o = csan__share_owners(); o && o != p; o = o->next)
            ;
        if (o)
            __atomic_store_n(known, o, __ATOMIC_RELEASE);
    }
    return o && o->is_pool == is_pool ? o : NULL;
}

struct share_owner *csan__share_owners(void)
{
    return __atomic_load_n(&the.first, __ATOMIC_ACQUIRE);
}

/* A pool's buffers come and go in too many ways to be counted as they do. */
static void count_pools(void)
{
    bool any = false;
    for (struct share_owner *o = csan__share_owners(); o; o = o->next)
        if (o->is_pool) {
            o->bytes = o->entries = 0;
            any = true;
        }
    for (uint32_t id = 1; any && id < csan__share_end(); id++) {
        const struct share_item *i = csan__share_item(id);
        if (i && i->state & SHARE_OF_POOL && i->heap && i->owner) {
            i->owner->bytes += i->bytes;
            i->owner->entries++;
        }
    }
}

void csan__share_round(void)
{
    count_pools();
    for (struct share_owner *o = csan__share_owners(); o; o = o->next)
        o->levels[o->rounds++ % SHARE_ROUNDS] =
            (struct share_level){o->bytes, o->entries, csan__block_epoch()};
}
