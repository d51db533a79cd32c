// libs: -lcheck -lsubunit -lm -lrt -lpthread
// stdout: ^100%: Checks: 2, Failures: 0, Errors: 0$
#include "case.h"

#include <check.h>

static void *kept;

START_TEST(frees)
{
    free(keep(malloc(65)));
}
END_TEST

START_TEST(keeps)
{
    kept = malloc(65);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cache");
    TCase *group = tcase_create("Cache");
    tcase_add_test(group, frees);
    tcase_add_test(group, keeps);
    suite_add_tcase(suite, group);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
