// expect-status: 1
// libs: -lcheck -lsubunit -lm -lrt -lpthread
// stdout: ^33%: Checks: 3, Failures: 2, Errors: 0$
// stdout: ^tests/cases/leak_in_a_check_test_fails.c:{{line:leak}}:F:Cache:loses:0: csan
// stdout: loses_too
// stderr: any
// plain: no
#include "case.h"

#include <check.h>

static NOINLINE void lose(void)
{
    keep(malloc(65)); /* leak */
}

START_TEST(frees)
{
    free(keep(malloc(65)));
}
END_TEST

START_TEST(loses)
{
    lose();
}
END_TEST

START_TEST(loses_too)
{
    lose();
    lose();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cache");
    TCase *group = tcase_create("Cache");
    tcase_add_test(group, frees);
    tcase_add_test(group, loses);
    tcase_add_test(group, loses_too);
    suite_add_tcase(suite, group);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
