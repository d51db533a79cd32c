#include "report.h"

#include <csan_share.h>
#include <pthread.h>
#include <stdlib.h>

struct kept_report {
    struct kept_report *next;
    int first, last;
    unsigned readers;
    bool is_dropped;
    struct totals totals;
};

/*  reports ─▶ newest ─▶ … ─▶ oldest; a dropped one is its readers' */
struct reports {
    pthread_mutex_t lock;
    struct kept_report *newest;
    unsigned limit;
    csan_cache_t *watched;
};

struct reports *reports_create(unsigned limit)
{
    struct reports *reports = calloc(1, sizeof *reports);
    if (!reports)
        return NULL;
    pthread_mutex_init(&reports->lock, NULL);
    reports->limit = limit;
    reports->watched = csan_cache("reports", 0, limit);
    return reports;
}

static void end(struct kept_report *report)
{
    totals_free(&report->totals);
    free(report);
}

/* The lock is held. */
static void drop(struct reports *reports, struct kept_report **link)
{
    struct kept_report *report = *link;
    *link = report->next;
    report->is_dropped = true;
    csan_evict(reports->watched, report->totals.at);
    if (report->readers == 0)
        end(report);
}

void reports_destroy(struct reports *reports)
{
    while (reports->newest)
        drop(reports, &reports->newest);
    pthread_mutex_destroy(&reports->lock);
    free(reports);
}

void reports_keep(struct reports *reports, int first, int last, struct totals totals)
{
    struct kept_report *report = calloc(1, sizeof *report);
    if (!report) {
        totals_free(&totals);
        return;
    }
    totals.at = csan_publish(reports->watched, totals.at, totals.n * sizeof *totals.at);
    *report = (struct kept_report){.first = first, .last = last, .totals = totals};
    pthread_mutex_lock(&reports->lock);
    report->next = reports->newest;
    reports->newest = report;
    struct kept_report **link = &reports->newest;
    for (unsigned kept = 0; *link && kept < reports->limit; kept++)
        link = &(*link)->next;
    if (*link)
        drop(reports, link);
    pthread_mutex_unlock(&reports->lock);
}

struct report reports_find(struct reports *reports, int first, int last)
{
    struct report found = {NULL, {NULL, 0, 0}};
    pthread_mutex_lock(&reports->lock);
    struct kept_report *report = reports->newest;
    while (report && (report->first != first || report->last != last))
        report = report->next;
    if (report) {
        report->readers++;
        found = (struct report){report, report->totals};
        found.totals.at = (double *)csan_share(report->totals.at);
    }
    pthread_mutex_unlock(&reports->lock);
    return found;
}

void reports_done(struct reports *reports, struct report report)
{
    pthread_mutex_lock(&reports->lock);
    csan_release(report.totals.at);
    if (--report.kept->readers == 0 && report.kept->is_dropped)
        end(report.kept);
    pthread_mutex_unlock(&reports->lock);
}

void reports_drop(struct reports *reports, int id)
{
    pthread_mutex_lock(&reports->lock);
    for (struct kept_report **link = &reports->newest; *link;)
        if ((*link)->first <= id && id <= (*link)->last)
            drop(reports, link);
        else
            link = &(*link)->next;
    pthread_mutex_unlock(&reports->lock);
}
