#include "totals.h"

#include <stdlib.h>

#define ROOM_TO_START_WITH 16

bool totals_append(struct totals *totals, double total)
{
    if (totals->n == totals->room) {
        unsigned room = totals->room ? 2 * totals->room : ROOM_TO_START_WITH;
        double *at = realloc(totals->at, room * sizeof *at);
        if (!at)
            return false;
        totals->at = at;
        totals->room = room;
    }
    totals->at[totals->n++] = total;
    return true;
}

struct totals totals_copy(const struct totals *totals)
{
    struct totals copy = {NULL, 0, 0};
    for (unsigned i = 0; i < totals->n; i++)
        totals_append(&copy, totals->at[i]);
    return copy;
}

double totals_sum(const struct totals *totals)
{
    double sum = 0;
    for (unsigned i = 0; i < totals->n; i++)
        sum += totals->at[i];
    return sum;
}

void totals_free(struct totals *totals)
{
    free(totals->at);
    *totals = (struct totals){NULL, 0, 0};
}
