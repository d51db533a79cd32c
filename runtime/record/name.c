#include "record/name.h"
#include "base/arena.h"
#include "base/kept.h"
#include "base/lock.h"

#include <string.h>

#define BUCKETS 4096u
#define GRANULE_SHIFT 9 /* entries are hashed by 512 bytes of addresses: ranges can be asked */
#define TEXTS_MAX 65536u

struct entry {
    struct entry *next;
    uintptr_t object;
    const char *text;
};

static struct {
    struct lock lock;
    struct entry *entries[BUCKETS];
    struct entry *spare;
    struct kept_texts texts;
    size_t count; /* of entries; read without the lock */
} names = {.lock = LOCK_INIT(LOCK_NAMES), .texts = {.max = TEXTS_MAX}};

static struct entry **bucket_of(uintptr_t object)
{
    return &names.entries[((object >> GRANULE_SHIFT) * 0x9e3779b97f4a7c15u >> 32) % BUCKETS];
}

static struct entry **find(uintptr_t object)
{
    struct entry **at = bucket_of(object);
    while (*at && (*at)->object != object)
        at = &(*at)->next;
    return at;
}

static void drop(struct entry **at)
{
    struct entry *e = *at;
    *at = e->next;
    e->next = names.spare;
    names.spare = e;
    __atomic_store_n(&names.count, names.count - 1, __ATOMIC_RELAXED);
}

static bool add(struct entry **at, uintptr_t object, const char *text)
{
    struct entry *e = names.spare;
    if (e)
        names.spare = e->next;
    else if (!(e = csan__arena_alloc(sizeof *e)))
        return false;
    *e = (struct entry){.object = object, .text = text};
    *at = e; /* the end of its bucket */
    __atomic_store_n(&names.count, names.count + 1, __ATOMIC_RELAXED);
    return true;
}

bool csan__name_set(uintptr_t object, const char *text)
{
    bool done = true;
    size_t length = text ? strnlen(text, NAME_BYTES) : 0;
    csan__lock_take(&names.lock);
    struct entry **at = find(object);
    const char *kept = length ? csan__kept(&names.texts, text, length) : NULL;
    if (kept && *at)
        (*at)->text = kept;
    else if (kept)
        done = add(at, object, kept);
    else if (*at)
        drop(at);
    csan__lock_give(&names.lock);
    return done && (kept || !length);
}

const char *csan__name_of(uintptr_t object)
{
    if (!__atomic_load_n(&names.count, __ATOMIC_RELAXED))
        return NULL;
    csan__lock_take(&names.lock);
    const struct entry *e = *find(object);
    const char *text = e ? e->text : NULL;
    csan__lock_give(&names.lock);
    return text;
}

static void forget_in(struct entry **at, uintptr_t start, size_t bytes)
{
    while (*at) {
        if ((*at)->object - start < bytes)
            drop(at);
        else
            at = &(*at)->next;
    }
}

void csan__name_forget(uintptr_t start, size_t bytes)
{
    if (!__atomic_load_n(&names.count, __ATOMIC_RELAXED))
        return;
    bytes = bytes ? bytes : 1;
    size_t granules = ((start + bytes - 1) >> GRANULE_SHIFT) - (start >> GRANULE_SHIFT) + 1;
    csan__lock_take(&names.lock);
    for (size_t i = 0; i < granules && granules <= BUCKETS; i++)
        forget_in(bucket_of(start + (i << GRANULE_SHIFT)), start, bytes);
    for (size_t i = 0; i < BUCKETS && granules > BUCKETS; i++)
        forget_in(&names.entries[i], start, bytes);
    csan__lock_give(&names.lock);
}
