/* A request is one line:
 *
 *   row ID            one row's region and total
 *   refresh ID        read the row again, whatever the cache has
 *   chart ID          one row's months, drawn
 *   sum FIRST LAST    total of a range, added up by two workers
 *   report FIRST LAST each row's total, and their sum below
 *   again             the last report once more
 *   stats             how many rows were asked for, and how many there were not
 */
#ifndef REQUEST_H
#define REQUEST_H

enum request_kind {
    REQUEST_ROW,
    REQUEST_REFRESH,
    REQUEST_CHART,
    REQUEST_SUM,
    REQUEST_REPORT,
    REQUEST_AGAIN,
    REQUEST_STATS
};

struct request {
    enum request_kind kind;
    int first, last;
    char *text; /* the line, for the answer and the log */
};

struct request *request_parse(const char *line); /* NULL: not understood */
void request_free(struct request *request);

#endif
