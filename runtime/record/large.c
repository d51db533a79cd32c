#include "record/large.h"
#include "base/lock.h"
#include "base/os.h"
#include "record/block_map.h"
#include "record/ranges.h"

#include <errno.h>
#include <string.h>

#define SHARD_BITS 4
#define SHARDS (1u << SHARD_BITS)
#define SLOTS_FIRST ((size_t)128) /* a page of entries */

struct shard {
    struct lock lock;
    struct large *slots;
    size_t mask; /* slots - 1 */
    size_t count;
} __attribute__((aligned(64)));

static struct {
    struct shard shards[SHARDS]; /* each guarded by its own lock */
    struct range *frozen;        /* written by the thread that holds the verdict */
    size_t nfrozen, frozen_bytes;
} table = {.shards = {[0 ... SHARDS - 1] = {.lock = LOCK_INIT(LOCK_BLOCKS)}}};

static uint64_t hash_of(uintptr_t start)
{
    return start * 0x9e3779b97f4a7c15u;
}

static struct shard *shard_of(uintptr_t start)
{
    return &table.shards[hash_of(start) >> (64 - SHARD_BITS)];
}

static size_t home_of(const struct shard *s, uintptr_t start)
{
    return (size_t)(hash_of(start) >> 24) & s->mask;
}

/* Its slot, or the empty one where it would stand. The shard has at least one empty slot. */
static struct large *slot_of(const struct shard *s, uintptr_t start)
{
    size_t at = home_of(s, start);
    while (s->slots[at].start && s->slots[at].start != start)
        at = (at + 1) & s->mask;
    return &s->slots[at];
}

static struct large *look_up(const struct shard *s, uintptr_t start)
{
    if (!s->slots)
        return NULL;
    struct large *l = slot_of(s, start);
    return l->start ? l : NULL;
}

static bool grow(struct shard *s)
{
    size_t slots = s->slots ? (s->mask + 1) * 2 : SLOTS_FIRST;
    struct large *larger = csan__block_memory(slots * sizeof *larger);
    if (!larger)
        return s->slots && s->count < s->mask; /* fuller than is good, as long as it lasts */
    struct shard old = *s;
    s->slots = larger;
    s->mask = slots - 1;
    if (!old.slots)
        return true;
    for (size_t i = 0; i <= old.mask; i++)
        if (old.slots[i].start)
            *slot_of(s, old.slots[i].start) = old.slots[i];
    csan__os_unmap(old.slots, (old.mask + 1) * sizeof *old.slots);
    return true;
}

bool csan__large_put(const struct large *l)
{
    struct shard *s = shard_of(l->start);
    csan__lock_take(&s->lock);
    bool room = (s->slots && (s->count + 1) * 4 <= (s->mask + 1) * 3) || grow(s);
    if (room) {
        struct large *slot = slot_of(s, l->start);
        s->count += !slot->start;
        *slot = *l;
    }
    csan__lock_give(&s->lock);
    return room;
}

/* Deletion without tombstones (Knuth, TAOCP 3, 6.4, algorithm R): what follows moves up. */
static void remove_slot(struct shard *s, struct large *slot)
{
    size_t hole = (size_t)(slot - s->slots);
    for (size_t at = (hole + 1) & s->mask; s->slots[at].start; at = (at + 1) & s->mask) {
        size_t home = home_of(s, s->slots[at].start);
        if (((at - home) & s->mask) < ((at - hole) & s->mask))
            continue;
        s->slots[hole] = s->slots[at];
        hole = at;
    }
    s->slots[hole].start = 0;
    s->count--;
}

bool csan__large_take(uintptr_t start, struct large *out)
{
    struct shard *s = shard_of(start);
    csan__lock_take(&s->lock);
    struct large *slot = look_up(s, start);
    if (slot) {
        *out = *slot;
        remove_slot(s, slot);
    }
    csan__lock_give(&s->lock);
    return slot != NULL;
}

bool csan__large_get(uintptr_t start, struct large *out)
{
    struct shard *s = shard_of(start);
    csan__lock_take(&s->lock);
    const struct large *slot = look_up(s, start);
    if (slot)
        *out = *slot;
    csan__lock_give(&s->lock);
    return slot != NULL;
}

bool csan__large_ignore(uintptr_t start)
{
    struct shard *s = shard_of(start);
    csan__lock_take(&s->lock);
    struct large *slot = look_up(s, start);
    if (slot)
        slot->ignored = 1;
    csan__lock_give(&s->lock);
    return slot != NULL;
}

static bool holds(const struct large *l, uintptr_t addr)
{
    return l->start && (addr - l->start < l->asked || addr == l->start);
}

bool csan__large_find(uintptr_t addr, struct large *out)
{
    bool found = false;
    for (uint32_t i = 0; i < SHARDS && !found; i++) {
        struct shard *s = &table.shards[i];
        csan__lock_take(&s->lock);
        for (size_t at = 0; s->slots && at <= s->mask && !found; at++)
            if ((found = holds(&s->slots[at], addr)))
                *out = s->slots[at];
        csan__lock_give(&s->lock);
    }
    return found;
}

static void list_shard(struct shard *s)
{
    csan__lock_take(&s->lock);
    for (size_t at = 0; s->slots && at <= s->mask; at++) {
        const struct large *l = &s->slots[at];
        if (l->start)
            table.frozen[table.nfrozen++] = (struct range){l->start, l->start + l->asked};
    }
    csan__lock_give(&s->lock);
}

int csan__large_freeze(void)
{
    size_t n = 0;
    for (uint32_t i = 0; i < SHARDS; i++)
        n += table.shards[i].count;
    table.frozen_bytes = csan__base_round_up((n + 1) * sizeof(struct range), CSAN_PAGE);
    table.frozen = csan__block_memory(table.frozen_bytes);
    if (!table.frozen)
        return -ENOMEM;
    table.nfrozen = 0;
    for (uint32_t i = 0; i < SHARDS; i++)
        list_shard(&table.shards[i]);
    csan__ranges_sort(table.frozen, table.nfrozen);
    return 0;
}

void csan__large_thaw(void)
{
    csan__os_unmap(table.frozen, table.frozen_bytes);
    table.frozen = NULL;
    table.nfrozen = 0;
}

uintptr_t csan__large_frozen_find(uintptr_t addr)
{
    size_t n = csan__ranges_below(table.frozen, table.nfrozen, addr);
    if (!n)
        return 0;
    const struct range *r = &table.frozen[n - 1];
    return addr < r->hi || addr == r->lo ? r->lo : 0;
}

const struct range *csan__large_frozen(size_t *n)
{
    *n = table.nfrozen;
    return table.frozen;
}

static bool shard_is_valid(const struct shard *s, bool (*live)(uintptr_t start))
{
    size_t count = 0;
    for (size_t at = 0; s->slots && at <= s->mask; at++) {
        const struct large *l = &s->slots[at];
        if (!l->start)
            continue;
        count++;
        if (slot_of(s, l->start) != l || shard_of(l->start) != s || !live(l->start))
            return false;
    }
    return count == s->count;
}

bool csan__large_is_valid(bool (*live)(uintptr_t start))
{
    for (uint32_t i = 0; i < SHARDS; i++)
        if (!shard_is_valid(&table.shards[i], live))
            return false;
    return true;
}
