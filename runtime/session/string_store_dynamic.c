#include "session/string_store.h"
#include "base/os.h"
#include "record/colour.h"

#include <string.h>

#define DIRECTION_FLAG 0x400

struct string_store {
    bool copies; /* movs; or stos */
    size_t size;
    size_t length; /* of the instruction */
};

static bool read_string_store(uintptr_t pc, struct string_store *out)
{
    unsigned char code[8] = {0};
    bool rep = false, wide = false, half = false;
    csan__os_read_memory(code, (const void *)pc, sizeof code);
    size_t n = 0;
    for (; n < 4; n++) {
        rep |= code[n] == 0xf3 || code[n] == 0xf2;
        half |= code[n] == 0x66;
        if (code[n] != 0xf3 && code[n] != 0xf2 && code[n] != 0x66)
            break;
    }
    if ((code[n] & 0xf0) == 0x40)
        wide = code[n++] & 8;
    unsigned char op = code[n];
    if (!rep || (op != 0xa4 && op != 0xa5 && op != 0xaa && op != 0xab))
        return false;
    out->copies = op < 0xaa;
    out->size = !(op & 1) ? 1 : wide ? 8 : half ? 2 : 4;
    out->length = n + 1;
    return true;
}

/* How many elements can be done at once from here on, at most `most`. */
static size_t chunk_of(const struct string_store *what, uintptr_t to, uintptr_t from, size_t most,
                       bool down)
{
    uintptr_t page_end = (to | (CSAN_PAGE - 1)) + 1;
    uintptr_t gap = csan__colour_home(to) - csan__colour_home(from);
    size_t n = (page_end - to) / what->size;
    if (down || n == 0)
        return 1;
    if (what->copies && gap < n * what->size)
        n = gap / what->size;
    n = n ? n : 1;
    return n < most ? n : most;
}

/* Elements that were done; fewer: what is copied cannot be read, which the instruction will show.
 */
static size_t do_chunk(const struct string_store *what, uintptr_t to, uintptr_t from,
                       uint64_t value, size_t n)
{
    char *home = (char *)csan__colour_home(to);
    if (what->copies)
        return csan__os_read_memory(home, (const void *)from, n * what->size) / what->size;
    for (size_t i = 0; i < n; i++)
        memcpy(home + i * what->size, &value, what->size);
    return n;
}

bool csan__string_store_do(ucontext_t *uc)
{
    greg_t *r = uc->uc_mcontext.gregs;
    struct string_store what;
    if (!read_string_store((uintptr_t)r[REG_RIP], &what))
        return false;
    bool down = r[REG_EFL] & DIRECTION_FLAG;
    const struct span *in = csan__colour_span((uintptr_t)r[REG_RDI]);
    uintptr_t first = (uintptr_t)r[REG_RDI], left = (uintptr_t)r[REG_RCX];
    while (left && in && csan__colour_span((uintptr_t)r[REG_RDI]) == in &&
           csan__colour_span((uintptr_t)r[REG_RDI] + what.size - 1) == in) {
        size_t n = chunk_of(&what, (uintptr_t)r[REG_RDI], (uintptr_t)r[REG_RSI], left, down);
        size_t done =
            do_chunk(&what, (uintptr_t)r[REG_RDI], (uintptr_t)r[REG_RSI], (uint64_t)r[REG_RAX], n);
        greg_t moved = (greg_t)done * (greg_t)what.size;
        left -= done;
        r[REG_RDI] += down ? -moved : moved;
        if (what.copies)
            r[REG_RSI] += down ? -moved : moved;
        if (done < n)
            break;
    }
    r[REG_RCX] = (greg_t)left;
    if (!left)
        r[REG_RIP] += (greg_t)what.length;
    return !left || (uintptr_t)r[REG_RDI] != first;
}
