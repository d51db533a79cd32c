#include "stats.h"
#include "plant.h"

#include <pthread.h>
#include <stdlib.h>

struct stats {
    pthread_mutex_t rows_lock;
    unsigned rows;
    pthread_mutex_t missing_lock;
    unsigned missing;
};

struct stats *stats_create(void)
{
    struct stats *stats = calloc(1, sizeof *stats);
    if (!stats)
        return NULL;
    pthread_mutex_init(&stats->rows_lock, NULL);
    pthread_mutex_init(&stats->missing_lock, NULL);
    return stats;
}

void stats_destroy(struct stats *stats)
{
    pthread_mutex_destroy(&stats->missing_lock);
    pthread_mutex_destroy(&stats->rows_lock);
    free(stats);
}

void stats_hold(struct stats *stats)
{
    pthread_mutex_lock(&stats->rows_lock);
    pthread_mutex_lock(&stats->missing_lock);
}

static void hold_missing_first(struct stats *stats)
{
    pthread_mutex_lock(&stats->missing_lock);
    pthread_mutex_lock(&stats->rows_lock);
}

void stats_let_go(struct stats *stats)
{
    pthread_mutex_unlock(&stats->missing_lock);
    pthread_mutex_unlock(&stats->rows_lock);
}

void stats_count(struct stats *stats, bool is_found)
{
    if (planted("lock-order"))
        hold_missing_first(stats);
    else
        stats_hold(stats);
    stats->rows++;
    stats->missing += !is_found;
    stats_let_go(stats);
}

unsigned stats_rows(const struct stats *stats)
{
    return stats->rows;
}

unsigned stats_missing(const struct stats *stats)
{
    return stats->missing;
}
