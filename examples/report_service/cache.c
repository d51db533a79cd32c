#include "cache.h"
#include "plant.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>

/*  cache ─▶ entries (hash by id, in order of insertion) ─▶ row ─▶ region, sales  */
struct entry {
    int id;
    struct row *row;
    UT_hash_handle hh;
};

struct cache {
    pthread_rwlock_t lock; /* read far more often than written */
    pthread_mutex_t one_lock;
    struct entry *entries;
    unsigned limit;
};

struct cache *cache_create(unsigned limit)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    pthread_rwlock_init(&cache->lock, NULL);
    pthread_mutex_init(&cache->one_lock, NULL);
    cache->limit = limit;
    return cache;
}

static void lock_to_read(struct cache *cache)
{
    if (planted("slow-lock"))
        pthread_mutex_lock(&cache->one_lock);
    else
        pthread_rwlock_rdlock(&cache->lock);
}

static void lock_to_write(struct cache *cache)
{
    if (planted("slow-lock"))
        pthread_mutex_lock(&cache->one_lock);
    else
        pthread_rwlock_wrlock(&cache->lock);
}

static void unlock(struct cache *cache)
{
    if (planted("slow-lock"))
        pthread_mutex_unlock(&cache->one_lock);
    else
        pthread_rwlock_unlock(&cache->lock);
}

static void evict(struct cache *cache, struct entry *entry)
{
    HASH_DEL(cache->entries, entry);
    row_free(entry->row);
    free(entry);
}

void cache_destroy(struct cache *cache)
{
    struct entry *entry, *next;
    HASH_ITER(hh, cache->entries, entry, next)
    {
        evict(cache, entry);
    }
    pthread_mutex_destroy(&cache->one_lock);
    pthread_rwlock_destroy(&cache->lock);
    free(cache);
}

static void insert(struct cache *cache, struct row *row)
{
    struct entry *entry = malloc(sizeof *entry);
    if (!entry) {
        row_free(row);
        return;
    }
    entry->id = row->id;
    entry->row = row;
    HASH_ADD_INT(cache->entries, id, entry);
    if (HASH_COUNT(cache->entries) > cache->limit)
        evict(cache, cache->entries);
}

static void replace(struct entry *entry, struct row *row)
{
    if (!planted("overwrite"))
        row_free(entry->row);
    entry->row = row;
}

void cache_put(struct cache *cache, struct row *row)
{
    struct entry *entry;
    lock_to_write(cache);
    HASH_FIND_INT(cache->entries, &row->id, entry);
    if (entry)
        replace(entry, row);
    else
        insert(cache, row);
    unlock(cache);
}

bool cache_total(struct cache *cache, int id, char *region, double *total)
{
    struct entry *entry;
    lock_to_read(cache);
    HASH_FIND_INT(cache->entries, &id, entry);
    if (entry) {
        snprintf(region, 32, "%s", entry->row->region);
        *total = row_total(entry->row);
    }
    unlock(cache);
    return entry != NULL;
}

bool cache_chart(struct cache *cache, int id, char chart[CHART_BYTES])
{
    struct entry *entry;
    lock_to_read(cache);
    HASH_FIND_INT(cache->entries, &id, entry);
    if (entry)
        row_chart(entry->row, chart);
    unlock(cache);
    return entry != NULL;
}

unsigned cache_count(struct cache *cache)
{
    lock_to_read(cache);
    unsigned count = HASH_COUNT(cache->entries);
    unlock(cache);
    return count;
}
