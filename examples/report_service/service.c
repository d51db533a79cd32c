#include "service.h"
#include "plant.h"
#include "request.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 2

int service_open(struct service *service, unsigned cached_rows, unsigned connections)
{
    service->cache = cache_create(cached_rows);
    service->pool = pool_open(connections);
    service->stats = stats_create();
    return service->cache && service->pool && service->stats ? 0 : -1;
}

void service_close(struct service *service)
{
    stats_destroy(service->stats);
    cache_destroy(service->cache);
    pool_close(service->pool);
}

__attribute__((format(printf, 1, 2))) static char *format(const char *pattern, ...)
{
    char *text;
    va_list args;
    va_start(args, pattern);
    int length = vasprintf(&text, pattern, args);
    va_end(args);
    return length < 0 ? NULL : text;
}

/* Reads the row into the cache. NULL: done; else what to answer. */
static const char *load(struct service *service, int id)
{
    struct connection *connection = pool_take(service->pool);
    if (!connection)
        return "busy";
    struct row *row = connection_fetch(connection, id);
    stats_count(service->stats, row != NULL);
    if (!row && planted("pool"))
        return "no such row"; /* and the connection stays lent */
    pool_give(service->pool, connection);
    if (!row)
        return "no such row";
    cache_put(service->cache, row);
    return NULL;
}

static char *answer_row(struct service *service, const struct request *request)
{
    char region[32];
    double total;
    const char *why = NULL;
    if (request->kind == REQUEST_REFRESH)
        why = load(service, request->first);
    while (!why && !cache_total(service->cache, request->first, region, &total))
        why = load(service, request->first);
    return why ? format("%s: %s", request->text, why)
               : format("%s: %s %.0f", request->text, region, total);
}

static char *answer_chart(struct service *service, const struct request *request)
{
    char chart[CHART_BYTES];
    const char *why = NULL;
    while (!why && !cache_chart(service->cache, request->first, chart))
        why = load(service, request->first);
    return format("%s: %s", request->text, why ? why : chart);
}

/* One worker adds up its share of a range: every WORKERS-th row. */
struct share {
    struct service *service;
    int first, last;
    double total;
    bool is_busy; /* no connection was to be had */
};

static void *add_up(void *arg)
{
    struct share *share = arg;
    struct connection *connection = pool_take(share->service->pool);
    share->is_busy = connection == NULL;
    if (share->is_busy)
        return NULL;
    for (int id = share->first; id <= share->last; id += WORKERS) {
        struct row *row = connection_fetch(connection, id);
        stats_count(share->service->stats, row != NULL);
        if (!row)
            continue;
        share->total += row_total(row);
        if (planted("worker") && id == share->last)
            break; /* done, and the last row forgotten */
        row_free(row);
    }
    pool_give(share->service->pool, connection);
    return NULL;
}

static char *answer_sum(struct service *service, const struct request *request)
{
    pthread_t worker[WORKERS];
    struct share share[WORKERS];
    double total = 0;
    bool is_busy = false;
    if (planted("deadlock")) /* so that nobody counts in between; its own workers do */
        stats_hold(service->stats);
    for (int i = 0; i < WORKERS; i++) {
        share[i] = (struct share){service, request->first + i, request->last, 0, false};
        if (pthread_create(&worker[i], NULL, add_up, &share[i]) != 0)
            abort();
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(worker[i], NULL);
        total += share[i].total;
        is_busy |= share[i].is_busy;
    }
    if (planted("deadlock"))
        stats_let_go(service->stats);
    return is_busy ? format("%s: busy", request->text) : format("%s: %.0f", request->text, total);
}

static char *answer_stats(struct service *service)
{
    stats_hold(service->stats);
    unsigned rows = stats_rows(service->stats), missing = stats_missing(service->stats);
    stats_let_go(service->stats);
    return format("stats: %u rows, %u missing", rows, missing);
}

static char *answer(struct service *service, const struct request *request)
{
    switch (request->kind) {
    case REQUEST_CHART:
        return answer_chart(service, request);
    case REQUEST_SUM:
        return answer_sum(service, request);
    case REQUEST_STATS:
        return answer_stats(service);
    default:
        return answer_row(service, request);
    }
}

char *service_answer(struct service *service, const char *line)
{
    struct request *request = request_parse(line);
    if (!request)
        return format("%s: not understood", line);
    char *text = answer(service, request);
    request_free(request);
    return text;
}

int service_run(struct service *service, FILE *in, FILE *out)
{
    char line[256];
    int refused = 0;
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = '\0';
        char *text = service_answer(service, line);
        if (!text)
            return -1;
        refused += strstr(text, ": not understood") != NULL;
        fprintf(out, "%s\n", text);
        free(text);
    }
    return refused;
}
