// expect-status: 1
// libs: -lcheck -lsubunit -lm -lrt -lpthread
// stdout: :{{line:wait}}:F:Pool:serves:0: csan\[blocked\]: nothing has run for .*: 3 threads wait in sem_wait
// stdout: all for one semaphore
// stdout: sem_post came 2 times, last from thread [0-9]+, .* ago:
// stdout: at give_back .*:{{line:give}}$
// stdout: 1 thread waits in pthread_join: at serves.* .*:{{line:join}}
// stderr: any
// plain: no
#include "waits.h"

#include <check.h>

static sem_t pool;

static NOINLINE void borrow(void)
{
    while (sem_wait(&pool) != 0) /* wait */
        ;
}

static NOINLINE void give_back(void)
{
    MUST(sem_post(&pool) == 0); /* give */
}

static NOINLINE void *serve(void *arg)
{
    borrow();
    return arg; /* gives nothing back */
}

START_TEST(serves)
{
    pthread_t thread[4];
    ck_assert_int_eq(sem_init(&pool, 0, 1), 0);
    for (volatile int i = 0; i < 2; i++) {
        borrow();
        give_back();
    }
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, serve, NULL), 0);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_join(thread[i], NULL), 0); /* join */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *group = tcase_create("Pool");
    tcase_set_timeout(group, 8); /* a quarter of it is there for the report */
    tcase_add_test(group, serves);
    suite_add_tcase(suite, group);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
