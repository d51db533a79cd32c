#include "request.h"
#include "plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_text(struct request *request)
{
    const char *text = request->text;
    if (sscanf(text, "row %d", &request->first) == 1)
        request->kind = REQUEST_ROW;
    else if (sscanf(text, "refresh %d", &request->first) == 1)
        request->kind = REQUEST_REFRESH;
    else if (sscanf(text, "chart %d", &request->first) == 1)
        request->kind = REQUEST_CHART;
    else if (sscanf(text, "sum %d %d", &request->first, &request->last) == 2)
        request->kind = REQUEST_SUM;
    else if (sscanf(text, "report %d %d", &request->first, &request->last) == 2)
        request->kind = REQUEST_REPORT;
    else if (strcmp(text, "again") == 0)
        request->kind = REQUEST_AGAIN;
    else if (strcmp(text, "stats") == 0)
        request->kind = REQUEST_STATS;
    else
        return -1;
    return 0;
}

struct request *request_parse(const char *line)
{
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->text = strdup(line);
    if (!request->text || parse_text(request) != 0) {
        if (planted("error-path"))
            free(request); /* and not its text */
        else
            request_free(request);
        return NULL;
    }
    return request;
}

void request_free(struct request *request)
{
    free(request->text);
    free(request);
}
