/* A pointer to what is still cached is no escape, nor are the links between rows that have gone. */
#include <csan_share.h>

#include "case.h"

struct row {
    struct row *next;
    char text[56];
};

struct row *cached, *second;

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    cached = csan_publish(rows, calloc(1, sizeof *cached), 0);
    second = csan_publish(rows, calloc(1, sizeof *second), 0);
    second->next = cached;
    csan_release(csan_share(cached));
    return 0;
}
