#include "base/kept.h"
#include "base/arena.h"

#include <string.h>

/* The arena takes nothing back: a table that has grown leaves its old buckets behind, as much again
 * as it has at most. */
#define HASH_NONFATAL_OOM 1
#define uthash_malloc(bytes) csan__arena_alloc(bytes)
#define uthash_free(at, bytes) ((void)(at), (void)(bytes))
#include <uthash.h>

struct kept_text {
    UT_hash_handle hh;
    char text[];
};

const char *csan__kept(struct kept_texts *texts, const char *text, size_t length)
{
    struct kept_text *k = NULL;
    HASH_FIND(hh, texts->table, text, length, k);
    if (k)
        return k->text;
    bool full = texts->max && texts->count >= texts->max;
    k = full ? NULL : csan__arena_alloc(sizeof *k + length + 1);
    if (!k)
        return NULL;
    memcpy(k->text, text, length);
    HASH_ADD_KEYPTR(hh, texts->table, k->text, length, k);
    if (!k->hh.tbl) /* no memory for the table */
        return NULL;
    texts->count++;
    return k->text;
}
