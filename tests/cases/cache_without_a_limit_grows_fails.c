/* A cache that was declared without a limit and never evicts: its name is told after five rounds. */
// findings: 1
// expect: ^{{at:published}}: error: csan\[growth\]: cache "rows" has 128 B more each round, over 5 rounds, and no limit > max_growth=0$
// expect: it held 128 B in 2 entries after the first of them, and 640 B in 10 entries after the last
#include "cache_rounds.h"

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 2; i++) {
            char *p = new_row();
            keep_row(csan_publish(rows, p, 64)); /* published */
        }
        csan_round("request");
    }
    drop_all(rows);
    return 0;
}
