/* Accepted by a rule of its kind, and by max_escapes=1. */
// run: echo "mutation:main" > $DIR/rules; CSAN_SUPPRESSIONS=$DIR/rules $PROG && CSAN_MAX_ESCAPES=1 $PROG && CSAN_MAX_ESCAPES=off $PROG && CSAN_SHARE=off $PROG
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p = csan_publish(rows, calloc(1, 64), 0);
    char *row = (char *)csan_share(p);
    row[3] = 1;
    csan_release(row);
    csan_evict(rows, p);
    free(p);
    return 0;
}
