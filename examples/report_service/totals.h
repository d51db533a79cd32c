/* A list of totals that grows at its end. Whoever holds it frees it with totals_free(). */
#ifndef TOTALS_H
#define TOTALS_H

#include <stdbool.h>

struct totals {
    double *at;
    unsigned n, room;
};

bool totals_append(struct totals *totals, double total); /* false: no memory */
struct totals totals_copy(const struct totals *totals);
double totals_sum(const struct totals *totals);
void totals_free(struct totals *totals);

#endif
