/* That the one grows has been told before there is enough to say of the other. */
// findings: 2
// expect: csan\[growth\]: cache "rows" has 64 B more each round, over 3 rounds
// expect: csan\[growth\]: cache "pages" has
// plain: no
#include "cache_rounds.h"

static void *page;

static void a_longer_page(csan_cache_t *pages, size_t bytes)
{
    csan_evict(pages, page);
    free(page);
    page = csan_publish(pages, calloc(1, bytes), 0);
}

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0), *pages = csan_cache("pages", 0, 0);
    for (size_t round = 0; round < 12; round++) {
        a_longer_page(pages, 1000 + 100 * round + 90 * (round % 2));
        keep_row(csan_publish(rows, new_row(), 64));
        csan_round("request");
        if (round == 2)
            MUST(csan_check(0) == 1);
    }
    MUST(csan_check(0) == 1);
    a_longer_page(pages, 1);
    drop_all(rows);
    return 0;
}
