/* A Check suite that does not know of csan: one test leaks, one does not. */
#include <check.h>
#include <stdlib.h>

START_TEST(frees)
{
    char *volatile kept = malloc(303);
    ck_assert_ptr_nonnull(kept);
    free(kept);
}
END_TEST

START_TEST(leaks)
{
    char *volatile lost = malloc(202);
    ck_assert_ptr_nonnull(lost);
    lost = NULL;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("installed");
    TCase *heap = tcase_create("heap");
    tcase_add_test(heap, frees);
    tcase_add_test(heap, leaks);
    suite_add_tcase(suite, heap);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
