/* One test a kind of finding, named for it: each fails by that, and by nothing else. */
#include <check.h>
#include <csan.h>
#include <csan_share.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *volatile sink;

static void nap_ms(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

__attribute__((noinline)) static void *put(void *p)
{
    sink = p;
    sink = NULL;
    return p;
}

START_TEST(leak)
{
    put(malloc(48));
}
END_TEST

START_TEST(growth)
{
    static void **all;
    for (int i = 0; i < 12; i++) {
        void **n = malloc(64);
        n[0] = all;
        all = n;
        csan_round("request");
    }
}
END_TEST

START_TEST(bad_free)
{
    char *p = malloc(48);
    free(p);
    char *volatile again = p;
    free(again);
}
END_TEST

static sem_t never;

static void *sleeper(void *arg)
{
    sem_wait(&never);
    return arg;
}

START_TEST(thread)
{
    static pthread_t t;
    sem_init(&never, 0, 0);
    ck_assert_int_eq(pthread_create(&t, NULL, sleeper, NULL), 0);
}
END_TEST

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;

static void *a_then_b(void *arg)
{
    pthread_mutex_lock(&a);
    pthread_mutex_lock(&b);
    pthread_mutex_unlock(&b);
    pthread_mutex_unlock(&a);
    return arg;
}

static void *b_then_a(void *arg)
{
    pthread_mutex_lock(&b);
    pthread_mutex_lock(&a);
    pthread_mutex_unlock(&a);
    pthread_mutex_unlock(&b);
    return arg;
}

static void run(void *(*work)(void *))
{
    pthread_t t;
    ck_assert_int_eq(pthread_create(&t, NULL, work, NULL), 0);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
}

START_TEST(lock_order)
{
    run(a_then_b);
    run(b_then_a);
}
END_TEST

static pthread_mutex_t mine = PTHREAD_MUTEX_INITIALIZER;

static void *unlock_mine(void *arg)
{
    pthread_mutex_unlock(&mine);
    return arg;
}

START_TEST(lock_misuse)
{
    pthread_mutex_lock(&mine);
    run(unlock_mine);
}
END_TEST

static pthread_mutex_t slow = PTHREAD_MUTEX_INITIALIZER;
static int is_held;

static void *want_slow(void *arg)
{
    while (!__atomic_load_n(&is_held, __ATOMIC_ACQUIRE))
        nap_ms(1);
    pthread_mutex_lock(&slow);
    pthread_mutex_unlock(&slow);
    return arg;
}

START_TEST(waits) /* and holds: CSAN_MAX_WAIT, CSAN_MAX_HOLD */
{
    pthread_t t;
    ck_assert_int_eq(pthread_create(&t, NULL, want_slow, NULL), 0);
    pthread_mutex_lock(&slow);
    __atomic_store_n(&is_held, 1, __ATOMIC_RELEASE);
    nap_ms(300);
    pthread_mutex_unlock(&slow);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
}
END_TEST

static csan_cache_t *rows;

static char *cached(void)
{
    rows = csan_cache("rows", 0, 0);
    return csan_publish(rows, calloc(1, 64), 64);
}

static void drop(char *p)
{
    csan_evict(rows, p);
    free(p);
}

static const char *volatile stored;

START_TEST(escape)
{
    char *p = cached();
    stored = csan_share(p);
    csan_release(stored);
    drop(p);
}
END_TEST

START_TEST(unreleased)
{
    char *p = cached();
    csan_share(p);
    drop(p);
}
END_TEST

START_TEST(mutation)
{
    char *p = cached();
    char *row = (char *)(uintptr_t)csan_share(p);
    row[3] = 7;
    csan_release(row);
    drop(p);
}
END_TEST

START_TEST(pool)
{
    csan_pool_t *lines = csan_pool("lines", 64, 0);
    char *p = csan_lend(lines, malloc(64), 0, 64);
    p = csan_give_back(lines, p, 0, 64);
    p = csan_give_back(lines, p, 0, 64);
    free(p);
}
END_TEST

static sem_t permits;

static void *take(void *arg)
{
    sem_wait(&permits);
    sem_post(&permits);
    return arg;
}

START_TEST(blocked) /* CSAN_MAX_BLOCKED=4, CSAN_BLOCKED_AFTER=50ms */
{
    pthread_t t[6];
    sem_init(&permits, 0, 0);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, take, NULL), 0);
    nap_ms(1500);
    sem_post(&permits);
    for (int i = 0; i < 6; i++)
        pthread_join(t[i], NULL);
}
END_TEST

START_TEST(deadlock)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&m);
    pthread_mutex_lock(&m);
}
END_TEST

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        const TTest *test;
    } tests[] = {{"leak", leak},
                 {"growth", growth},
                 {"bad-free", bad_free},
                 {"thread", thread},
                 {"blocked", blocked},
                 {"lock-order", lock_order},
                 {"lock-misuse", lock_misuse},
                 {"wait", waits},
                 {"hold", waits},
                 {"escape", escape},
                 {"unreleased", unreleased},
                 {"mutation", mutation},
                 {"pool", pool},
                 {"deadlock", deadlock}};
    Suite *s = suite_create("kinds");
    TCase *c = tcase_create("kinds");
    tcase_set_timeout(c, 60);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        if (argc > 1 && strcmp(argv[1], tests[i].name) == 0)
            tcase_add_test(c, tests[i].test);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
