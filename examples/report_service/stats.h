/* How many rows were asked of the database, and how many of them there were not. Any thread may
 * call any of these. Two locks, taken in this order: rows, then missing. */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>

struct stats;

struct stats *stats_create(void);
void stats_destroy(struct stats *stats);
void stats_count(struct stats *stats, bool is_found);
/* Nothing is counted between the two: both numbers are of the same moment. */
void stats_hold(struct stats *stats);
void stats_let_go(struct stats *stats);
unsigned stats_rows(const struct stats *stats);    /* only while they are held */
unsigned stats_missing(const struct stats *stats); /* only while they are held */

#endif
