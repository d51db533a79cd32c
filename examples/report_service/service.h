/* The reporting service: requests in, answers out, rows cached, connections pooled, all of it
 * counted. */
#ifndef SERVICE_H
#define SERVICE_H

#include "buffer.h"
#include "cache.h"
#include "pool.h"
#include "report.h"
#include "stats.h"

#include <pthread.h>
#include <stdio.h>

struct service {
    struct cache *cache;
    struct pool *pool;
    struct stats *stats;
    struct reports *reports;
    struct buffers *buffers;
    pthread_mutex_t lock; /* of what follows */
    char *last_report;
};

int service_open(struct service *service, unsigned cached_rows, unsigned connections);
void service_close(struct service *service);
/* The answer to one line, to be freed by the caller. */
char *service_answer(struct service *service, const char *line);
/* Answers line by line until the end of `in`. Returns how many requests were not understood. */
int service_run(struct service *service, FILE *in, FILE *out);

#endif
