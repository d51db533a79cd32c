/* Rows by id, at most `limit` of them; the oldest goes first. Any thread may call any of these.
 * The cache owns its rows. What is read of them is read under the cache's lock, so that no row is
 * handed out that another thread may replace; readers do not wait for each other. */
#ifndef CACHE_H
#define CACHE_H

#include "row.h"

#include <stdbool.h>

struct cache;

struct cache *cache_create(unsigned limit);
void cache_destroy(struct cache *cache);
void cache_put(struct cache *cache, struct row *row); /* takes the row; replaces an older one */
/* Region (into region[32]) and total of a cached row; false: it is not cached. */
bool cache_total(struct cache *cache, int id, char *region, double *total);
/* Draws a cached row's months, which takes its time; false: it is not cached. */
bool cache_chart(struct cache *cache, int id, char chart[CHART_BYTES]);
unsigned cache_count(struct cache *cache);

#endif
