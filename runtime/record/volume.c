/* Totals by stack: see the header. */
#include "record/volume.h"
#include "base/arena.h"
#include "record/stack.h"

#define CHUNK_BITS 12
#define CHUNK (1u << CHUNK_BITS)
#define CHUNKS (STACK_ID_END >> CHUNK_BITS)

bool csan__volume_is_wanted;

static struct {
    struct volume *chunks[VOLUME_KINDS][CHUNKS];
    bool is_used[VOLUME_KINDS];
    uint64_t lost;
} volumes; /* each word atomically */

void csan__volume_want(void)
{
    csan__volume_is_wanted = true;
}

static struct volume *chunk_of(enum volume_kind kind, uint32_t stack)
{
    return __atomic_load_n(&volumes.chunks[kind][stack >> CHUNK_BITS], __ATOMIC_ACQUIRE);
}

/* Of two that make the same chunk at once, the slower one's stays unused. */
static struct volume *make_chunk(enum volume_kind kind, uint32_t stack)
{
    struct volume *made = csan__arena_alloc(CHUNK * sizeof *made), *there = NULL;
    if (!made)
        return NULL;
    __atomic_store_n(&volumes.is_used[kind], true, __ATOMIC_RELAXED);
    bool is_first = __atomic_compare_exchange_n(&volumes.chunks[kind][stack >> CHUNK_BITS], &there,
                                                made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    return is_first ? made : there;
}

void csan__volume_add(enum volume_kind kind, uint32_t stack, uint64_t amount)
{
    struct volume *chunk = chunk_of(kind, stack);
    if (!chunk && !(chunk = make_chunk(kind, stack))) {
        __atomic_add_fetch(&volumes.lost, 1, __ATOMIC_RELAXED);
        return;
    }
    struct volume *v = &chunk[stack & (CHUNK - 1)];
    __atomic_add_fetch(&v->count, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&v->amount, amount, __ATOMIC_RELAXED);
}

struct volume csan__volume_of(enum volume_kind kind, uint32_t stack)
{
    const struct volume *chunk = chunk_of(kind, stack);
    struct volume out = {0, 0};
    if (chunk) {
        const struct volume *v = &chunk[stack & (CHUNK - 1)];
        out.count = __atomic_load_n(&v->count, __ATOMIC_RELAXED);
        out.amount = __atomic_load_n(&v->amount, __ATOMIC_RELAXED);
    }
    return out;
}

uint64_t csan__volume_lost(void)
{
    return __atomic_load_n(&volumes.lost, __ATOMIC_RELAXED);
}

void csan__volume_reset(enum volume_kind kind)
{
    for (uint32_t i = 0; volumes.is_used[kind] && i < CHUNKS; i++)
        for (uint32_t k = 0; volumes.chunks[kind][i] && k < CHUNK; k++) {
            __atomic_store_n(&volumes.chunks[kind][i][k].count, 0, __ATOMIC_RELAXED);
            __atomic_store_n(&volumes.chunks[kind][i][k].amount, 0, __ATOMIC_RELAXED);
        }
}

static bool has_any(uint32_t kinds, uint32_t stack)
{
    for (uint32_t kind = 0; kind < VOLUME_KINDS; kind++)
        if (kinds & 1u << kind && csan__volume_of(kind, stack).count)
            return true;
    return false;
}

static bool has_chunk(uint32_t kinds, uint32_t stack)
{
    for (uint32_t kind = 0; kind < VOLUME_KINDS; kind++)
        if (kinds & 1u << kind && volumes.is_used[kind] && chunk_of(kind, stack))
            return true;
    return false;
}

uint32_t csan__volume_next(uint32_t kinds, uint32_t stack)
{
    for (stack++; stack < STACK_ID_END; stack++) {
        if (!has_chunk(kinds, stack))
            stack |= CHUNK - 1;
        else if (has_any(kinds, stack))
            return stack;
    }
    return 0;
}
