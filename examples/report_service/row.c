#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DRAWING_NS 10000000

struct row *row_parse(const char *text)
{
    int id;
    double first, step;
    char region[32];
    if (sscanf(text, "%d;%31[^;];%lf;%lf", &id, region, &first, &step) != 4)
        return NULL;
    struct row *row = malloc(sizeof *row);
    if (!row)
        return NULL;
    row->id = id;
    row->region = strdup(region);
    row->sales = calloc(MONTHS, sizeof *row->sales);
    if (!row->region || !row->sales) {
        row_free(row);
        return NULL;
    }
    for (int month = 0; month < MONTHS; month++)
        row->sales[month] = first + step * month;
    return row;
}

void row_free(struct row *row)
{
    if (!row)
        return;
    free(row->region);
    free(row->sales);
    free(row);
}

/* Stands for what drawing costs. */
static void work(long ns)
{
    struct timespec from, now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec - from.tv_nsec < ns);
}

void row_chart(const struct row *row, char chart[CHART_BYTES])
{
    double most = row->sales[0];
    for (int month = 1; month < MONTHS; month++)
        most = row->sales[month] > most ? row->sales[month] : most;
    for (int month = 0; month < MONTHS; month++)
        chart[month] = (char)('0' + (int)(most > 0 ? 9 * row->sales[month] / most : 0));
    chart[MONTHS] = '\0';
    work(DRAWING_NS);
}

double row_total(const struct row *row)
{
    double total = 0;
    for (int month = 0; month < MONTHS; month++)
        total += row->sales[month];
    return total;
}
