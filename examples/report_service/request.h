/* A request is one line:
 *
 *   row ID            one row's region and total
 *   refresh ID        read the row again, whatever the cache has
 *   sum FIRST LAST    total of a range, added up by two workers
 */
#ifndef REQUEST_H
#define REQUEST_H

enum request_kind { REQUEST_ROW, REQUEST_REFRESH, REQUEST_SUM };

struct request {
    enum request_kind kind;
    int first, last;
    char *text; /* the line, for the answer and the log */
};

struct request *request_parse(const char *line); /* NULL: not understood */
void request_free(struct request *request);

#endif
