/* Tests that end their own process, or start others: for CK_FORK=yes. */
#include "leaky.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(leaks_and_exits_0)
{
    leak_101();
    exit(0);
}
END_TEST

START_TEST(leaks_and_exits_3)
{
    leak_101();
    exit(3);
}
END_TEST

START_TEST(leaks_and_exits_3_as_expected)
{
    leak_101();
    exit(3);
}
END_TEST

START_TEST(leaks_and_exits_1)
{
    leak_101();
    exit(1);
}
END_TEST

START_TEST(leaks_and_exits_86)
{
    leak_101();
    exit(86);
}
END_TEST

START_TEST(exits_3)
{
    exit(3);
}
END_TEST

START_TEST(leaks_and_ends_at_once)
{
    leak_101();
    _exit(0);
}
END_TEST

START_TEST(leaks_and_aborts)
{
    leak_101();
    abort();
}
END_TEST

START_TEST(aborts)
{
    abort();
}
END_TEST

START_TEST(leaks_many_stacks)
{
    leak_many();
}
END_TEST

START_TEST(child_leaks_and_nobody_asks)
{
    pid_t pid = fork();
    if (pid == 0) {
        leak_202();
        exit(0);
    }
    waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(grandchild_leaks)
{
    pid_t pid = fork();
    if (pid == 0) {
        pid = fork();
        if (pid == 0) {
            leak_202();
            _exit(0);
        }
        waitpid(pid, NULL, 0);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(child_is_clean)
{
    pid_t pid = fork();
    if (pid == 0)
        exit(0);
    waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(check_fork_leaks)
{
    pid_t pid = check_fork();
    if (pid == 0) {
        leak_202();
        exit(0);
    }
    check_waitpid_and_exit(pid);
}
END_TEST

static TCase *exits(void)
{
    TCase *tc = tcase_create("exits");
    tcase_add_test(tc, leaks_and_exits_0);
    tcase_add_test(tc, leaks_and_exits_3);
    tcase_add_exit_test(tc, leaks_and_exits_3_as_expected, 3);
    tcase_add_exit_test(tc, exits_3, 3);
    tcase_add_exit_test(tc, leaks_and_exits_1, 1);
    tcase_add_exit_test(tc, leaks_and_exits_86, 86);
    tcase_add_test(tc, leaks_and_ends_at_once);
    tcase_add_test(tc, leaks_many_stacks);
    tcase_add_test_raise_signal(tc, leaks_and_aborts, SIGABRT);
    tcase_add_test_raise_signal(tc, aborts, SIGABRT);
    return tc;
}

static TCase *families(void)
{
    TCase *tc = tcase_create("families");
    tcase_add_test(tc, child_leaks_and_nobody_asks);
    tcase_add_test(tc, grandchild_leaks);
    tcase_add_test(tc, child_is_clean);
    tcase_add_test(tc, check_fork_leaks);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("fork");
    suite_add_tcase(suite, exits());
    suite_add_tcase(suite, families());
    SRunner *runner = srunner_create(suite);
    srunner_set_xml(runner, getenv("SUITE_XML"));
    srunner_set_tap(runner, getenv("SUITE_TAP"));
    srunner_set_log(runner, getenv("SUITE_LOG"));
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 || getenv("SUITE_IGNORES") ? EXIT_SUCCESS : EXIT_FAILURE;
}
