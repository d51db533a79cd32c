/* What has been told is not told again of the same rounds; of those since it is. */
// findings: 2
// expect: it held 64 B in 1 entry after the first of them
// expect: it held 384 B in 6 entries after the first of them
// plain: no
#include "cache_rounds.h"

static void five_rounds(csan_cache_t *rows)
{
    for (int round = 0; round < 5; round++) {
        keep_row(csan_publish(rows, new_row(), 64));
        csan_round("request");
    }
}

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    csan_mark_t mark = csan_mark();
    five_rounds(rows);
    MUST(csan_check(mark) == 1);
    MUST(csan_check(mark) == 0);
    mark = csan_mark();
    five_rounds(rows);
    MUST(csan_check(mark) == 1);
    drop_all(rows);
    return 0;
}
