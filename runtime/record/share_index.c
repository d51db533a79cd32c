#include "record/share_index.h"
#include "base/os.h"

#include <errno.h>

#define FIRST_SLOTS 1024u
#define CLASSES 48u

struct entry {
    uint64_t key; /* 0: free */
    uint32_t id;
    uint32_t spare;
};

struct slots {
    uint32_t mask;
    uint32_t spare[3];
    struct entry at[];
};

static struct {
    struct slots *slots;
    uint64_t classes;  /* bit k: some item is of class k */
    uint32_t sequence; /* odd: being changed */
    uint32_t used;
    uint32_t in_class[CLASSES];
} the;

static CSAN_ALWAYS_INLINE unsigned class_of(size_t bytes)
{
    unsigned k = bytes > 1 ? 64u - (unsigned)__builtin_clzll(bytes - 1) : 0;
    return k < SHARE_INDEX_MIN ? SHARE_INDEX_MIN : k;
}

static CSAN_ALWAYS_INLINE uint64_t key_of(uintptr_t addr, unsigned k)
{
    return (uint64_t)(addr >> k) << 6 | k;
}

static CSAN_ALWAYS_INLINE uint32_t slot_of(const struct slots *s, uint64_t key)
{
    return (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & s->mask;
}

/* ---- changing */

static void begin(void)
{
    __atomic_store_n(&the.sequence, the.sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static void end(void)
{
    __atomic_store_n(&the.sequence, the.sequence + 1, __ATOMIC_RELEASE);
}

static void put(struct slots *s, uint64_t key, uint32_t id)
{
    uint32_t at = slot_of(s, key);
    while (s->at[at].key)
        at = (at + 1) & s->mask;
    s->at[at].id = id;
    s->at[at].key = key;
}

static size_t bytes_of(uint32_t n)
{
    return csan__base_round_up(sizeof(struct slots) + n * sizeof(struct entry), CSAN_PAGE);
}

/* Room for `more` entries, at most half full. The old table stays: somebody may be reading it. */
static int make_room(uint32_t more)
{
    uint32_t n = the.slots ? the.slots->mask + 1 : 0;
    if (the.slots && (uint64_t)(the.used + more) * 2 <= n)
        return 0;
    uint32_t to = n ? n * 2 : FIRST_SLOTS;
    struct slots *s = to > n ? csan__os_map(bytes_of(to)) : NULL;
    if (!s)
        return -ENOMEM;
    s->mask = to - 1;
    for (uint32_t i = 0; i < n; i++)
        if (the.slots->at[i].key)
            put(s, the.slots->at[i].key, the.slots->at[i].id);
    __atomic_store_n(&the.slots, s, __ATOMIC_RELEASE);
    return 0;
}

static bool lies_between(uint32_t home, uint32_t from, uint32_t to)
{
    return from <= to ? home > from && home <= to : home > from || home <= to;
}

/* The entry at `hole` goes; what would no longer be found moves back. */
static void take_out(struct slots *s, uint32_t hole)
{
    for (uint32_t at = hole;;) {
        at = (at + 1) & s->mask;
        if (!s->at[at].key)
            break;
        if (lies_between(slot_of(s, s->at[at].key), hole, at))
            continue;
        s->at[hole] = s->at[at];
        hole = at;
    }
    s->at[hole] = (struct entry){0, 0, 0};
}

static bool take(uint64_t key, uint32_t id)
{
    struct slots *s = the.slots;
    for (uint32_t at = slot_of(s, key); s->at[at].key; at = (at + 1) & s->mask)
        if (s->at[at].key == key && (id == 0 || s->at[at].id == id)) {
            take_out(s, at);
            the.used--;
            return true;
        }
    return false;
}

int csan__share_index_add(uintptr_t lo, size_t bytes, uint32_t id)
{
    unsigned k = class_of(bytes);
    uintptr_t last = lo + (bytes ? bytes - 1 : 0);
    if (k >= CLASSES || last < lo || last >> 47)
        return -EINVAL;
    int failed = make_room(2);
    if (failed)
        return failed;
    begin();
    for (uintptr_t g = lo >> k; g <= last >> k; g++, the.used++)
        put(the.slots, key_of(g << k, k), id);
    the.in_class[k]++;
    __atomic_store_n(&the.classes, the.classes | (uint64_t)1 << k, __ATOMIC_RELAXED);
    end();
    return 0;
}

void csan__share_index_remove(uintptr_t lo, size_t bytes, uint32_t id)
{
    unsigned k = class_of(bytes);
    uintptr_t last = lo + (bytes ? bytes - 1 : 0);
    begin();
    for (uintptr_t g = lo >> k; g <= last >> k; g++)
        CSAN_CHECK(take(key_of(g << k, k), id));
    if (--the.in_class[k] == 0)
        __atomic_store_n(&the.classes, the.classes & ~((uint64_t)1 << k), __ATOMIC_RELAXED);
    end();
}

static uint64_t home_key(uintptr_t home)
{
    return (uint64_t)home << 6 | SHARE_INDEX_HOME;
}

int csan__share_index_set_home(uintptr_t home, uint32_t id)
{
    int failed = id ? make_room(1) : 0;
    if (failed)
        return failed;
    begin();
    if (the.slots)
        take(home_key(home), 0);
    if (id) {
        put(the.slots, home_key(home), id);
        the.used++;
    }
    end();
    return 0;
}

/* ---- reading */

typedef bool want_fn(uint32_t id, uintptr_t addr, unsigned arg);

static CSAN_ALWAYS_INLINE uint32_t find_key(const struct slots *s, uint64_t key, want_fn *want,
                                            uintptr_t addr, unsigned arg)
{
    for (uint32_t at = slot_of(s, key), n = 0; n <= s->mask; at = (at + 1) & s->mask, n++) {
        uint64_t there = __atomic_load_n(&s->at[at].key, __ATOMIC_RELAXED);
        if (!there)
            return 0;
        if (there != key)
            continue;
        uint32_t id = __atomic_load_n(&s->at[at].id, __ATOMIC_RELAXED);
        if (id && (!want || want(id, addr, arg)))
            return id;
    }
    return 0;
}

static CSAN_ALWAYS_INLINE uint32_t find_once(uintptr_t addr, want_fn *want, unsigned arg)
{
    const struct slots *s = __atomic_load_n(&the.slots, __ATOMIC_ACQUIRE);
    if (!s)
        return 0;
    uint64_t classes = __atomic_load_n(&the.classes, __ATOMIC_RELAXED);
    for (; classes; classes &= classes - 1) {
        uint64_t key = key_of(addr, (unsigned)__builtin_ctzll(classes));
        uint32_t id = find_key(s, key, want, addr, arg);
        if (id)
            return id;
    }
    return 0;
}

static CSAN_ALWAYS_INLINE bool is_unchanged(uint32_t before)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return __atomic_load_n(&the.sequence, __ATOMIC_RELAXED) == before;
}

uint32_t csan__share_index_find(uintptr_t addr, want_fn *want, unsigned arg)
{
    for (;;) {
        uint32_t before = __atomic_load_n(&the.sequence, __ATOMIC_ACQUIRE);
        uint32_t id = find_once(addr, want, arg);
        if (CSAN_LIKELY(is_unchanged(before) && !(before & 1)))
            return id;
        if (before & 1 && is_unchanged(before))
            csan__os_yield();
    }
}

uint32_t csan__share_index_home(uintptr_t home)
{
    for (;;) {
        uint32_t before = __atomic_load_n(&the.sequence, __ATOMIC_ACQUIRE);
        const struct slots *s = __atomic_load_n(&the.slots, __ATOMIC_ACQUIRE);
        uint32_t id = s ? find_key(s, home_key(home), NULL, 0, 0) : 0;
        if (CSAN_LIKELY(is_unchanged(before) && !(before & 1)))
            return id;
        if (before & 1 && is_unchanged(before))
            csan__os_yield();
    }
}

bool csan__share_index_is_valid(void)
{
    uint32_t used = 0;
    uint64_t classes = 0;
    for (uint32_t i = 0; the.slots && i <= the.slots->mask; i++) {
        const struct entry *e = &the.slots->at[i];
        if (!e->key)
            continue;
        used++;
        for (uint32_t at = slot_of(the.slots, e->key); at != i; at = (at + 1) & the.slots->mask)
            if (!the.slots->at[at].key)
                return false; /* it could not be found */
    }
    for (unsigned k = 0; k < CLASSES; k++)
        classes |= the.in_class[k] ? (uint64_t)1 << k : 0;
    return used == the.used && classes == the.classes && !(the.sequence & 1);
}
