#include "record/peek.h"
#include "base/os.h"

#include <string.h>

void csan__peek_open(struct peek *p, const struct stack_bounds *in, uintptr_t sp)
{
    p->in.lo = csan__base_round_up(in->lo, 8);
    p->in.hi = in->hi & ~(uintptr_t)7;
    p->chunk_at = 0;
    p->chunk_bytes = 0;
    p->lo = p->hi = 0;
    if (sp >= p->in.lo && sp < p->in.hi && (sp & 7) == 0) {
        p->lo = sp;
        p->hi = p->in.hi;
    }
}

void csan__peek_move(struct peek *p, uintptr_t sp)
{
    uint64_t probe;
    if (sp < p->in.lo || sp >= p->in.hi || (sp & 7) || (sp >= p->lo && sp < p->hi))
        return;
    if (csan__os_read_memory(&probe, (const void *)sp, sizeof probe) == sizeof probe) {
        p->lo = sp;
        p->hi = p->in.hi;
    }
}

static bool load_chunk(struct peek *p, uintptr_t at)
{
    p->chunk_at = at;
    p->chunk_bytes = csan__os_read_memory(p->chunk, (const void *)at, PEEK_CHUNK);
    return p->chunk_bytes != 0;
}

bool csan__peek_value(struct peek *p, uintptr_t at, unsigned bytes, uintptr_t *value)
{
    uintptr_t base = at & ~(PEEK_CHUNK - 1);
    size_t offset = at - base;
    *value = 0;
    if (offset + bytes > PEEK_CHUNK) /* across two chunks: rare, and not kept */
        return csan__os_read_memory(value, (const void *)at, bytes) == bytes;
    if (p->chunk_at != base && !load_chunk(p, base))
        return false;
    if (offset + bytes > p->chunk_bytes)
        return false;
    memcpy(value, p->chunk + offset, bytes);
    return true;
}
