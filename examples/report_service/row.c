#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

double row_total(const struct row *row)
{
    double total = 0;
    for (int month = 0; month < MONTHS; month++)
        total += row->sales[month];
    return total;
}
