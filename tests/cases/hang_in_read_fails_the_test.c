// expect-status: 1
// libs: -lcheck -lsubunit -lm -lrt -lpthread
// stdout: ^66%: Checks: 3, Failures: 1, Errors: 0$
// stdout: :{{line:read}}:F:Pipe:hangs:0: csan\[blocked\]: nothing has run for .*: 1 thread waits in read > hang_after=auto$
// stderr: any
// plain: no
#include "case.h"

#include <check.h>
#include <time.h>

static NOINLINE ssize_t read_one(int fd)
{
    char c;
    return read(fd, &c, 1); /* read */
}

START_TEST(hangs)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(read_one(ends[0]), 1);
}
END_TEST

START_TEST(sleeps_within_its_time)
{
    struct timespec left = {2, 400000000};
    while (nanosleep(&left, &left) != 0)
        ;
}
END_TEST

START_TEST(ends_at_once)
{
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pipe");
    TCase *group = tcase_create("Pipe"), *sleepers = tcase_create("Sleepers");
    tcase_set_timeout(group, 6); /* a quarter of it is there for the report */
    tcase_set_timeout(sleepers, 3);
    tcase_add_test(group, hangs);
    tcase_add_test(sleepers, sleeps_within_its_time);
    tcase_add_test(sleepers, ends_at_once);
    suite_add_tcase(suite, group);
    suite_add_tcase(suite, sleepers);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
