/* Every call with what makes no sense: a finding where somebody is wrong about a buffer, nothing
 * where there is none, and never the end of the program. */
// flags: -Wno-nonnull
// findings: 10
// expect: ^{{at:garbage}}: error: csan\[unreleased\]: released what was not shared \(6 times\) > max_escapes=0$
// expect: ^{{at:no memory}}: error: csan\[pool\]: 64 B at an address that is no memory, given to cache "rows" \(4 times\) >
// expect: ^{{at:no memory}}: error: csan\[pool\]: csan_publish of memory that is no heap block \(2 times\) > max_escapes=0$
// expect: ^{{at:lent}}: error: csan\[pool\]: 64 B at an address that is no memory, given to pool "lines" \(4 times\) >
// expect: ^{{at:long}}: error: csan\[pool\]: 16 EiB of cache "rows" begin in a block that has 64 B left there > max_escapes=0$
// expect: ^{{at:again}}: error: csan\[pool\]: a buffer of 64 B of cache "rows" was published twice > max_escapes=0$
// expect: ^{{at:twice}}: error: csan\[unreleased\]: a share of a buffer of 64 B of cache "rows" was released twice > max_escapes=0$
// expect: ^{{at:foreign}}: error: csan\[pool\]: a buffer that pool "lines" never lent was given back \(6 times\) > max_escapes=0$
// expect: ^{{at:large}}: error: csan\[pool\]: 65 B of pool "lines" begin in a block that has 64 B left there > max_escapes=0$
// expect: ^{{at:small}}: error: csan\[pool\]: cache "rows" holds 64 B, its limit is 1 B > max_escapes=0$
#include <csan_share.h>

#include "case.h"

static char fence[4096 * 3] __attribute__((aligned(4096)));
static void *wrong[6];
static char *hint;

static void choose(void)
{
    wrong[0] = (void *)1;
    wrong[1] = (void *)-1;
    wrong[2] = (void *)0x800000000000; /* the first that no user has */
    wrong[3] = (void *)0xffffffff81000000;
    wrong[4] = fence + 4096;
    wrong[5] = fence + 8192 - 32; /* half of it */
    MUST(mprotect(fence + 4096, 4096, PROT_NONE) == 0);
    hint = (char *)malloc(1 << 20);
    MUST(hint);
    memset(hint, 'h', 1 << 20);
    hint[(1 << 20) - 1] = '\0';
}

static NOINLINE void call_caches(csan_cache_t *rows, void *p)
{
    csan_release(p); /* garbage */
    MUST(csan_share(p) == p);
    csan_release(p);
    csan_publish(rows, p, 64); /* no memory */
    csan_release(csan_share(p));
    csan_evict(rows, p);
    csan_evict(rows, p);
    csan_evict((csan_cache_t *)p, p);
    MUST(csan_publish_fixed((csan_cache_t *)p, NULL, 64) == NULL);
    MUST(csan_writable((csan_cache_t *)p, p) == p);
    csan_sealed((csan_cache_t *)p, p);
    csan_mutable(p, (size_t)-1);
    csan_touch(p, hint);
    csan_expected_ref(p, (size_t)-1, hint);
    csan_expected_ref(p, 0, NULL);
}

static NOINLINE void call_pools(csan_pool_t *lines, void *p)
{
    csan_forget(lines, p);
    csan_give_back(lines, p, 0, 64); /* foreign */
    MUST(csan_lend(lines, NULL, (size_t)-1, (size_t)-1) == NULL);
    csan_lend(lines, p, 0, 64); /* lent */
    csan_forget(lines, p);
    MUST(csan_give_back((csan_pool_t *)p, NULL, 64, 64) == NULL);
    MUST(csan_lend((csan_pool_t *)p, NULL, 0, 0) == NULL);
}

static NOINLINE void call_well_nearly(csan_cache_t *rows)
{
    char *p = (char *)calloc(1, 64);
    MUST(p);
    p = (char *)csan_publish(rows, p, (size_t)-1); /* long */
    p = (char *)csan_publish(rows, p, 64);         /* again */
    csan_sealed(rows, p);                          /* nobody asked for it */
    const char *inside = (const char *)csan_share(p + 63);
    csan_mutable(p + 63, 100);
    csan_release(inside);
    csan_release(inside); /* twice */
    csan_writable(rows, p);
    csan_writable(NULL, p + 5); /* never sealed */
    csan_evict(rows, p + 63);
    csan_evict(rows, p);
    free(p);
}

static NOINLINE void fill_one_of_two(void)
{
    csan_cache_t *small = csan_cache("rows", 1, 1),
                 *large = csan_cache("rows", (size_t)-1, (size_t)-1);
    MUST(small && large && small != large);
    char *p = (char *)csan_publish(small, calloc(1, 64), 0); /* small */
    char *q = (char *)csan_publish(large, calloc(1, 64), 0);
    csan_evict(large, q);
    free(q);
    csan_release(csan_share(p));
    csan_evict(small, p);
    free(p);
}

static NOINLINE void lend_too_much(csan_pool_t *lines)
{
    char *p = (char *)csan_lend(lines, calloc(1, 64), (size_t)-1, 65); /* large */
    MUST(p);
    csan_forget(lines, p + 1);
    csan_forget(NULL, p);
    csan_forget(lines, p);
    csan_forget(lines, p);
    free(p);
}

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", (size_t)-1, (size_t)-1);
    csan_pool_t *lines = csan_pool("lines", (size_t)-1, 0);
    choose();
    for (volatile int i = 0; i < 6; i++) {
        call_caches(rows, wrong[i]);
        call_pools(lines, wrong[i]);
    }
    call_well_nearly(rows);
    fill_one_of_two();
    lend_too_much(lines);
    free(hint);
    memset(wrong, 0, sizeof wrong);
    keep(wrong);
    return 0;
}
