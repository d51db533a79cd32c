#include "record/chunk.h"
#include "base/os.h"
#include "record/module.h"

#define CHUNK_MIN ((size_t)32)
#define IN_USE_BEFORE ((size_t)1) /* P: the chunk in front of this one is in use */
#define MAPPED ((size_t)2)
#define OTHER_ARENA ((size_t)4)
#define FLAGS ((size_t)7)

#define HEAP_BYTES                                                                                 \
    ((uintptr_t)64 << 20) /* of another arena; it begins with that arena's address                 \
                           */
#define ARENA_FAST 16
#define ARENA_TOP 96 /* also where a list of freed chunks that are in no bin yet begins */
#define ARENA_NEXT 2160
#define FAST_BINS 10

#define LIST_MAX 100000u
#define JOINED_MAX 1000u
#define ARENAS_MAX 256u

struct header {
    size_t before; /* size of the chunk in front, where that is free */
    size_t size;   /* with flags */
};

struct chunk_signs csan__chunk_signs;

static bool read(void *to, uintptr_t from, size_t bytes)
{
    return csan__os_read_memory(to, (const void *)from, bytes) == bytes;
}

static uintptr_t word_at(uintptr_t addr)
{
    uintptr_t word = 0;
    return read(&word, addr, sizeof word) ? word : 0;
}

static bool may_ask(void)
{
    size_t probe = 1, copy = 0;
    return read(&copy, (uintptr_t)&probe, sizeof copy) && copy == probe;
}

/* Reads the header of a chunk that may be one. */
static bool read_chunk(uintptr_t chunk, struct header *h, size_t *size)
{
    if (!read(h, chunk, sizeof *h))
        return false;
    *size = h->size & ~FLAGS;
    return *size >= CHUNK_MIN && !(*size & 15) && chunk + *size > chunk;
}

static enum chunk mapped_chunk(uintptr_t chunk, const struct header *h, size_t size)
{
    char last;
    size_t total = h->before + size;
    bool pages = ((chunk - h->before) | total) % CSAN_PAGE == 0 && total >= size;
    return pages && read(&last, chunk + size - 1, 1) ? CHUNK_USED : CHUNK_NONE;
}

static bool is_in_top(uintptr_t arena, uintptr_t chunk)
{
    struct header h;
    size_t size;
    uintptr_t top = word_at(arena + ARENA_TOP);
    return chunk >= top && read_chunk(top, &h, &size) && chunk - top < size;
}

/* From glibc 2.32 on a link is combined with the address that it stands at. */
static bool is_in_fast_bin(uintptr_t arena, uintptr_t chunk, size_t size)
{
    size_t bin = (size >> 4) - 2;
    if (bin >= FAST_BINS)
        return false;
    uintptr_t at = word_at(arena + ARENA_FAST + bin * sizeof at);
    for (uint32_t n = 0; at && n < LIST_MAX; n++) {
        if (at == chunk)
            return true;
        uintptr_t link = word_at(at + 16), plain = link ^ (at + 16) >> 12;
        at = plain & 15 ? link : plain;
    }
    return false;
}

/* Where it was joined with free neighbours, its old header leads on to theirs, up to the end of the
 * whole, and there stands how long that is. */
static bool is_joined(uintptr_t chunk, size_t size)
{
    struct header h;
    uintptr_t next = chunk + size;
    for (uint32_t n = 0; n < JOINED_MAX && read_chunk(next, &h, &size); n++, next += size)
        if (!(h.size & IN_USE_BEFORE) && h.before >= next - chunk &&
            (word_at(next - h.before + 8) & ~FLAGS) == h.before)
            return true;
    return false;
}

static enum chunk look(uintptr_t addr, const struct chunk_signs *signs)
{
    struct header h, next;
    size_t size;
    uintptr_t chunk = addr - sizeof h;
    if (addr & 15 || !read_chunk(chunk, &h, &size))
        return CHUNK_NONE;
    if (h.size & MAPPED)
        return mapped_chunk(chunk, &h, size);
    if (!read(&next, chunk + size, sizeof next))
        return CHUNK_NONE;
    if (!(next.size & IN_USE_BEFORE) || (signs->key && word_at(addr + 8) == signs->key))
        return CHUNK_FREE;
    uintptr_t arena = h.size & OTHER_ARENA ? word_at(addr & ~(HEAP_BYTES - 1)) : signs->main_arena;
    bool is_free = signs->main_arena && arena &&
                   (is_in_top(arena, chunk) || is_in_fast_bin(arena, chunk, size));
    return is_free || is_joined(chunk, size) ? CHUNK_FREE : CHUNK_USED;
}

enum chunk csan__chunk_state(uintptr_t addr, const struct chunk_signs *signs)
{
    enum chunk state = look(addr, signs);
    return state == CHUNK_NONE && !may_ask() ? CHUNK_USED : state;
}

bool csan__chunk_is_mallocs(uintptr_t at)
{
    uintptr_t arena = csan__chunk_signs.main_arena;
    return arena && at - arena < ARENA_NEXT;
}

/* An arena is believed when its top is a chunk. */
static uintptr_t find_main_arena(uintptr_t freed)
{
    struct header h;
    size_t size;
    uintptr_t arena = word_at(freed + 8) - ARENA_TOP;
    for (uint32_t n = 0; n < ARENAS_MAX && arena + ARENA_TOP > ARENA_TOP; n++) {
        if (!read_chunk(word_at(arena + ARENA_TOP), &h, &size) || !(h.size & IN_USE_BEFORE))
            return 0;
        if (csan__module_find_live(arena))
            return arena;
        arena = word_at(arena + ARENA_NEXT);
    }
    return 0;
}

struct chunk_signs csan__chunk_learn(uintptr_t small, uintptr_t other, uintptr_t middling)
{
    uintptr_t key = word_at(small + 8);
    return (struct chunk_signs){.key = key == word_at(other + 8) ? key : 0,
                                .main_arena = find_main_arena(middling)};
}
