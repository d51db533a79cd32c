#include "detect/wait_site.h"
#include "base/arena.h"
#include "base/os.h"
#include "detect/lock_name.h"
#include "record/block.h"
#include "record/name.h"

#define SLOTS (1u << 15)
#define SITES_APART 8192u /* beyond it one site serves all locks and marks of a stack */
#define SITES_MAX (SLOTS / 2)

static struct {
    struct wait_site *slots[SLOTS]; /* by object, stack and epoch; open addressing */
    struct wait_site *sites[SITES_MAX];
    uint32_t nsites;
    uint32_t lives;
} all; /* written by everyone, each word atomically */

static uint32_t count_sites(void)
{
    return all.nsites < SITES_MAX ? all.nsites : SITES_MAX;
}

static uint32_t hash(uintptr_t object, uint32_t stack, uint32_t epoch)
{
    uint64_t h = (object ^ ((uint64_t)stack << 24) ^ epoch) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 40);
}

static struct wait_site *new_site(uintptr_t object, uint32_t stack, uint32_t epoch)
{
    if (__atomic_load_n(&all.nsites, __ATOMIC_RELAXED) >= SITES_MAX)
        return NULL;
    struct wait_site *s = csan__arena_alloc(sizeof *s);
    if (!s)
        return NULL;
    s->object = object;
    s->stack = stack;
    s->epoch = epoch;
    return s;
}

static void list_site(struct wait_site *s)
{
    uint32_t n = __atomic_fetch_add(&all.nsites, 1, __ATOMIC_RELAXED);
    if (n < SITES_MAX)
        __atomic_store_n(&all.sites[n], s, __ATOMIC_RELEASE);
}

bool csan__wait_site_is(const struct wait_site *s, uintptr_t object, uint32_t stack, uint32_t epoch)
{
    return s->object == object && s->stack == stack && s->epoch == epoch &&
           !__atomic_load_n(&s->life, __ATOMIC_RELAXED);
}

/* Two that make the same site at once: the slower one's stays unused, in the arena. */
static struct wait_site *site_of(uintptr_t object, uint32_t stack, uint32_t epoch)
{
    struct wait_site *fresh = NULL;
    uint32_t at = hash(object, stack, epoch);
    for (uint32_t tries = 0; tries < SLOTS; tries++, at++) {
        struct wait_site **slot = &all.slots[at & (SLOTS - 1)];
        struct wait_site *s = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        if (!s) {
            if (!fresh && !(fresh = new_site(object, stack, epoch)))
                return NULL;
            if (__atomic_compare_exchange_n(slot, &s, fresh, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_ACQUIRE)) {
                list_site(fresh);
                return fresh;
            }
        }
        if (csan__wait_site_is(s, object, stack, epoch))
            return s;
    }
    return NULL;
}

struct wait_site *csan__wait_site_of(uintptr_t object, uint32_t stack)
{
    if (__atomic_load_n(&all.nsites, __ATOMIC_RELAXED) < SITES_APART)
        return site_of(object, stack, csan__block_epoch());
    return site_of(0, stack, WAIT_EVERY_MARK);
}

/* ------------------------------------------------------------------ one more wait */

/* Several words: one notes them at a time. l: NULL when it is not the longest. */
static void note(struct wait_site *s, const struct longest_wait *l, const struct why *why,
                 const struct sync_event *e)
{
    while (__atomic_exchange_n(&s->is_noting, 1, __ATOMIC_ACQUIRE))
        csan__os_yield();
    csan__why_add(&s->why, why);
    if (l && (l->ns > s->longest.ns || !s->call)) {
        s->longest = *l;
        s->kind = e->lock_kind;
        s->call = e->call;
    }
    __atomic_store_n(&s->is_noting, 0, __ATOMIC_RELEASE);
}

/* True: much longer than the longest so far, and worth the files that tell of the machine. */
static bool look_around(const struct wait_site *s, struct longest_wait *l,
                        const struct sync_event *e)
{
    uint64_t longest = __atomic_load_n(&s->longest.ns, __ATOMIC_RELAXED);
    if (s->call && l->ns <= longest + longest / 8)
        return false;
    uint32_t stack = csan__lock_stack(&e->other);
    if (stack || !l->holder_stack) {
        l->holder_tid = e->holder_tid;
        l->holder_stack = stack;
    }
    l->load = csan__load_now();
    return true;
}

void csan__wait_site_add(struct wait_site *s, struct longest_wait *l, const struct why *why,
                         const struct sync_event *e)
{
    csan__histogram_add(&s->waits, l->ns);
    note(s, look_around(s, l, e) ? l : NULL, why, e);
}

/* ------------------------------------------------------------------ all of them */

bool csan__wait_site_is_same_lock(const struct wait_site *a, const struct wait_site *b)
{
    return a->object == b->object && a->life == b->life;
}

void csan__wait_site_retire(uintptr_t object, size_t bytes)
{
    uint32_t n = __atomic_load_n(&all.nsites, __ATOMIC_ACQUIRE);
    uint32_t life = 0;
    for (uint32_t i = 0; i < n && i < SITES_MAX; i++) {
        struct wait_site *s = __atomic_load_n(&all.sites[i], __ATOMIC_ACQUIRE);
        if (!s || !s->object || s->object - object >= (bytes ? bytes : 1) ||
            __atomic_load_n(&s->life, __ATOMIC_RELAXED))
            continue;
        if (!life)
            life = __atomic_add_fetch(&all.lives, 1, __ATOMIC_RELAXED);
        csan__contest_gone(s->object);
        s->name = csan__name_of(s->object);
        __atomic_store_n(&s->life, life, __ATOMIC_RELEASE);
    }
}

uint32_t csan__wait_sites(struct wait_site *const **out)
{
    *out = all.sites;
    return count_sites();
}

/* The child's epoch is a new one; only the sites that serve all of them would speak of its parent.
 */
void csan__wait_sites_forked(void)
{
    for (uint32_t i = 0; i < count_sites(); i++) {
        if (!all.sites[i])
            continue;
        if (all.sites[i]->is_noting)
            all.sites[i]->is_noting = 0; /* a thread of the parent's was at it */
        if (all.sites[i]->epoch == WAIT_EVERY_MARK)
            all.sites[i]->is_told = 1;
    }
}
