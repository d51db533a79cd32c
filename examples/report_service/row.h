/* One row of the sales table. Whoever holds a row frees it with row_free(). */
#ifndef ROW_H
#define ROW_H

#define MONTHS 12
#define CHART_BYTES (MONTHS + 1)

struct row {
    int id;
    char *region;
    double *sales; /* MONTHS of them */
};

struct row *row_parse(const char *text); /* "id;region;first;step": NULL when it is malformed */
void row_free(struct row *row);
double row_total(const struct row *row);
/* A digit for each month, 9 for the best; takes some milliseconds. */
void row_chart(const struct row *row, char chart[CHART_BYTES]);

#endif
