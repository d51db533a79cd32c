/* Growth is told at the first check that sees its rounds, not at one of what came after them, and
 * not again at the end. */
// findings: 1
// plain: no
#include "cache_rounds.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    for (int round = 0; round < 5; round++) {
        char *p = new_row();
        keep_row(csan_publish(rows, p, 64));
        csan_round("request");
    }
    csan_mark_t behind = csan_mark();
    MUST(csan_check(behind) == 0);
    MUST(csan_check(0) == 1);
    MUST(csan_check(0) == 0);
    drop_all(rows);
    return 0;
}
