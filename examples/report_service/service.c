#include "service.h"
#include "plant.h"
#include "request.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 2
#define KEPT_REPORTS 8

int service_open(struct service *service, unsigned cached_rows, unsigned connections)
{
    service->cache = cache_create(cached_rows);
    service->pool = pool_open(connections);
    service->stats = stats_create();
    service->reports = reports_create(KEPT_REPORTS);
    service->buffers = buffers_create();
    service->last_report = NULL;
    pthread_mutex_init(&service->lock, NULL);
    return service->cache && service->pool && service->stats && service->reports && service->buffers
               ? 0
               : -1;
}

void service_close(struct service *service)
{
    if (!planted("escape")) /* then it is not its own */
        free(service->last_report);
    pthread_mutex_destroy(&service->lock);
    buffers_destroy(service->buffers);
    reports_destroy(service->reports);
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
    reports_drop(service->reports, id);
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

static struct totals read_totals(struct service *service, int first, int last)
{
    struct totals totals = {NULL, 0, 0};
    char region[32];
    double total;
    for (int id = first; id <= last; id++) {
        const char *why = NULL;
        while (!why && !cache_total(service->cache, id, region, &total))
            why = load(service, id);
        if (!why)
            totals_append(&totals, total);
    }
    return totals;
}

static struct report get_report(struct service *service, int first, int last)
{
    struct report report = reports_find(service->reports, first, last);
    if (!report.kept) {
        reports_keep(service->reports, first, last, read_totals(service, first, last));
        report = reports_find(service->reports, first, last);
    }
    return report;
}

/* The rows, and their sum as the last line. */
static void print_report(struct buffer *out, const struct request *request, struct totals rows)
{
    struct totals lines = rows;
    if (!planted("append"))
        lines = totals_copy(&rows);
    totals_append(&lines, totals_sum(&rows));
    buffer_print(out, "%s:", request->text);
    for (unsigned i = 0; i < lines.n; i++)
        buffer_print(out, " %.0f", lines.at[i]);
    if (!planted("append"))
        totals_free(&lines);
}

static void remember(struct service *service, char *text)
{
    pthread_mutex_lock(&service->lock);
    if (planted("escape")) {
        service->last_report = text;
    } else {
        free(service->last_report);
        service->last_report = text ? strdup(text) : NULL;
    }
    pthread_mutex_unlock(&service->lock);
}

static char *answer_report(struct service *service, const struct request *request)
{
    struct report report = get_report(service, request->first, request->last);
    if (!report.kept)
        return format("%s: busy", request->text);
    struct buffer out = buffers_take(service->buffers);
    print_report(&out, request, report.totals);
    reports_done(service->reports, report);
    char *text = out.at ? strdup(out.at) : NULL;
    remember(service, out.at);
    buffers_give(service->buffers, out);
    return text;
}

static char *answer_again(struct service *service)
{
    pthread_mutex_lock(&service->lock);
    char *text = format("%s", service->last_report ? service->last_report : "again: no report");
    pthread_mutex_unlock(&service->lock);
    return text;
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
    case REQUEST_REPORT:
        return answer_report(service, request);
    case REQUEST_AGAIN:
        return answer_again(service);
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
