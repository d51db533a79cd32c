/* Where each function's entry is: by the linker's index (.eh_frame_hdr), or by one that is made
 * here where it made none. */
#include "base/arena.h"
#include "base/sort.h"
#include "record/cfi.h"
#include "record/cfi_entry.h"

#include <errno.h>

int csan__cfi_open_header(uintptr_t header, uintptr_t lo, uintptr_t hi, struct cfi_table *out)
{
    if (header < lo || header >= hi)
        return -EINVAL;
    struct cursor c = {.at = (const uint8_t *)header, .end = (const uint8_t *)hi};
    unsigned version = (unsigned)take(&c, 1);
    uint8_t frame_encoding = (uint8_t)take(&c, 1);
    uint8_t count_encoding = (uint8_t)take(&c, 1);
    uint8_t table_encoding = (uint8_t)take(&c, 1);
    csan__cfi_take_pointer(&c, frame_encoding, header);
    if (c.bad || version != 1)
        return -EINVAL;
    if (count_encoding == PE_OMIT || table_encoding != (PE_DATAREL | PE_SDATA4))
        return -ENOENT;
    uint64_t count = csan__cfi_take_pointer(&c, count_encoding, header);
    if (c.bad || ((uintptr_t)c.at & 3) || count > (uint64_t)(c.end - c.at) / 8)
        return -EINVAL;
    *out = (struct cfi_table){
        .lo = lo, .hi = hi, .base = header, .pairs = (const int32_t *)c.at, .count = count};
    return count ? 0 : -ENOENT;
}

static int by_function(const void *one, const void *other)
{
    const int32_t *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

/* Fills pairs (may be NULL: counts only) from all FDEs; what does not fit 2^31 or lies outside the
 * module (sections that the linker threw away) is left out. */
static size_t list(uintptr_t at, size_t bytes, const struct cfi_table *t, int32_t (*pairs)[2],
                   size_t room)
{
    uintptr_t end = at + bytes;
    size_t n = 0;
    struct cfi_entry e;
    struct cfi_fde fde;
    for (; at < end && csan__cfi_open_entry(at, t->lo, end, &e) == 0; at = (uintptr_t)e.body.end) {
        if (e.id == 0 || csan__cfi_open_fde(at, t->lo, end, &fde) != 0)
            continue;
        intptr_t function = (intptr_t)(fde.start - t->base), place = (intptr_t)(at - t->base);
        if (fde.start < t->lo || fde.start >= t->hi || function > INT32_MAX || place > INT32_MAX)
            continue;
        if (pairs && n < room) {
            pairs[n][0] = (int32_t)function;
            pairs[n][1] = (int32_t)place;
        }
        n++;
    }
    return n;
}

int csan__cfi_index(uintptr_t eh_frame, size_t bytes, uintptr_t lo, uintptr_t hi,
                    struct cfi_table *out)
{
    if (eh_frame < lo || eh_frame >= hi)
        return -EINVAL;
    if (bytes > hi - eh_frame)
        bytes = hi - eh_frame;
    struct cfi_table t = {.lo = lo, .hi = hi, .base = lo};
    t.count = list(eh_frame, bytes, &t, NULL, 0);
    if (t.count == 0)
        return -EINVAL;
    int32_t(*pairs)[2] = csan__arena_alloc(t.count * sizeof *pairs);
    if (!pairs)
        return -ENOMEM;
    list(eh_frame, bytes, &t, pairs, t.count);
    csan__sort(pairs, t.count, sizeof *pairs, by_function);
    t.pairs = &pairs[0][0];
    *out = t;
    return 0;
}
