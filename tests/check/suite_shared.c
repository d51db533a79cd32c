/* Tests that store through what a cache lends, with share=precise: the verdict is at the store, in a
 * process of their own and in the runner's. */
#include <check.h>
#include <csan_share.h>
#include <stdlib.h>

static csan_cache_t *rows;

static char *load(void)
{
    char *p = calloc(1, 64);
    ck_assert_ptr_nonnull(p);
    return csan_publish(rows, p, 0);
}

static void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
}

START_TEST(reads)
{
    char *p = load();
    const char *row = csan_share(p);
    ck_assert_int_eq(row[5], 0);
    csan_release(row);
    drop(p);
}
END_TEST

START_TEST(stores)
{
    char *p = load();
    volatile char *row = (char *)csan_share(p);
    row[5] = 1; /* stored */
    csan_release((void *)row);
    drop(p);
}
END_TEST

START_TEST(uses_what_it_has_released)
{
    char *p = load();
    const volatile char *row = csan_share(p);
    csan_release((void *)row);
    char seen = row[5]; /* used */
    row = NULL;
    drop(p);
    (void)seen;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("shared");
    TCase *t = tcase_create("shared");
    rows = csan_cache("rows", 0, 0);
    tcase_add_test(t, reads);
    tcase_add_test(t, stores);
    tcase_add_test(t, uses_what_it_has_released);
    tcase_add_test(t, reads);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_VERBOSE);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
