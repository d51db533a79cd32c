/* 50,000 rows of a page each have come and gone, 45,000 pages of them are still mapped; one is
 * remembered. */
// env: CSAN_MAX_LEAK=off
// findings: 1
// expect: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: buffer of 4.0 KiB, offset 4095
// expect: stored in global last_row \(
#include "escaping.h"

enum { ROWS = 50000, KEPT_ROWS = 45000, BYTES = 4096 };
static void *mapped[KEPT_ROWS];
char *last_row;

static NOINLINE void remember(const char *row)
{
    last_row = KEPT(row) ? KEPT(row) + BYTES - 1 : NULL;
}

static NOINLINE void churn(void)
{
    rows = csan_cache("rows", 0, 0);
    for (int i = 0; i < ROWS; i++) {
        char *p = malloc(BYTES);
        MUST(p);
        p = csan_publish(rows, p, 0);
        const char *row = csan_share(p);
        if (i == ROWS / 2)
            remember(row);
        csan_release(row);
        csan_evict(rows, p);
        if (i < KEPT_ROWS)
            mapped[i] = (void *)~(size_t)p; /* as a free list that csan cannot read */
        else
            free(p);
    }
}

int main(void)
{
    churn();
    wipe_stack();
    csan_check(0);
    for (int i = 0; i < KEPT_ROWS; i++)
        free((void *)~(size_t)mapped[i]);
    return 0;
}
