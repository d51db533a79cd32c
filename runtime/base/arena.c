#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"

#include <string.h>

#define CHUNK_BYTES ((size_t)1 << 20)
#define DENSE_BYTES ((size_t)4 << 20) /* from here on huge pages are asked for: fewer faults */

struct arena_chunk {
    struct arena_chunk *next;
    size_t bytes; /* whole mapping */
};

static struct {
    struct lock lock;
    struct arena arena;
    unsigned fail_in; /* test seam: 0 off */
} process = {.lock = LOCK_INIT(LOCK_ARENA)};

static void *map_chunk(size_t bytes)
{
    if (CSAN_UNLIKELY(process.fail_in) && --process.fail_in == 0)
        return NULL;
    return csan__os_map(bytes);
}

/* A request of more than a chunk gets a mapping of its own; the current chunk stays current. */
static void *alloc_from_new(struct arena *a, size_t bytes)
{
    size_t header = csan__base_round_up(sizeof(struct arena_chunk), 16);
    bool large = bytes > CHUNK_BYTES / 4;
    size_t map_bytes = large ? csan__base_round_up(bytes + header, CSAN_PAGE) : CHUNK_BYTES;
    struct arena_chunk *chunk = map_chunk(map_bytes);
    if (!chunk)
        return NULL;
    if (map_bytes >= DENSE_BYTES)
        csan__os_dense(chunk, map_bytes);
    chunk->bytes = map_bytes;
    chunk->next = a->chunks;
    __atomic_store_n(&a->chunks, chunk, __ATOMIC_RELEASE);
    a->mapped_bytes += map_bytes;
    char *first = (char *)chunk + header;
    if (!large) {
        a->at = first + bytes;
        a->end = (char *)chunk + map_bytes;
    }
    return first;
}

void *csan__arena_scratch_alloc(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    bytes = csan__base_round_up(bytes ? bytes : 1, 16);
    if ((size_t)(a->end - a->at) < bytes)
        return alloc_from_new(a, bytes);
    void *p = a->at;
    a->at += bytes;
    return p;
}

char *csan__arena_scratch_copy(struct arena *a, const char *text, size_t length)
{
    char *copy = csan__arena_scratch_alloc(a, length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

void csan__arena_scratch_free(struct arena *a)
{
    for (struct arena_chunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        csan__os_unmap(c, c->bytes);
    }
    memset(a, 0, sizeof *a);
}

void *csan__arena_alloc(size_t bytes)
{
    csan__lock_take(&process.lock);
    void *p = csan__arena_scratch_alloc(&process.arena, bytes);
    csan__lock_give(&process.lock);
    return p;
}

bool csan__arena_owns(const void *p)
{
    struct arena_chunk *c = __atomic_load_n(&process.arena.chunks, __ATOMIC_ACQUIRE);
    for (; c; c = c->next)
        if ((uintptr_t)p - (uintptr_t)c < c->bytes)
            return true;
    return false;
}

void csan__arena_fail_nth(unsigned n)
{
    process.fail_in = n;
}
