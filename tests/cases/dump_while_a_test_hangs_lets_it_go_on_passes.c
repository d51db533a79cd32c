// flags: -pthread
// libs: -lcheck -lsubunit -lm -lrt -lpthread
// env: CSAN_DUMP_SIGNAL=USR1
// expect: ^1 thread waits in read for .*: thread [0-9]+$
// expect: ^    at waits_for_a_byte.* .*:{{line:read}}$
// stdout: ^100%: Checks: 1, Failures: 0, Errors: 0$
// plain: no
#include "dump.h"

#include <check.h>

static int ends[2];
static pid_t test_tid;

static void *help(void *arg)
{
    wait_until_in_call(test_tid, SYS_read);
    MUST(kill(getpid(), SIGUSR1) == 0);
    wait_for_dump();
    MUST(write(ends[1], "x", 1) == 1);
    return arg;
}

START_TEST(waits_for_a_byte)
{
    pthread_t helper;
    char c;
    test_tid = my_tid();
    begin_dumps();
    MUST(pipe(ends) == 0);
    MUST(pthread_create(&helper, NULL, help, NULL) == 0);
    ck_assert_int_eq(read(ends[0], &c, 1), 1); /* read */
    MUST(pthread_join(helper, NULL) == 0);
    end_dumps();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump");
    TCase *group = tcase_create("Dump");
    tcase_add_test(group, waits_for_a_byte);
    suite_add_tcase(suite, group);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
