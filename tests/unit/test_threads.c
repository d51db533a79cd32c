/* What threads share: csan's locks, its arena and its window of addresses. Read by ThreadSanitizer
 * too (make medicine). */
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <string.h>

#define THREADS 8
#define ROUNDS 2000

static pthread_barrier_t all_there;

static void run(void *(*body)(void *))
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&all_there, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, body, (void *)(i + 1)), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&all_there);
}

static struct lock guard = LOCK_INIT(LOCK_SESSION);
static long guarded; /* by guard; plain on purpose */

static void *count_under_the_lock(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&all_there);
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 3 != 0 || !csan__lock_try(&guard))
            csan__lock_take(&guard);
        guarded++;
        csan__lock_give(&guard);
    }
    return NULL;
}

START_TEST(one_thread_at_a_time_holds_a_lock)
{
    run(count_under_the_lock);
    ck_assert_int_eq(guarded, (long)THREADS * ROUNDS);
    ck_assert(csan__lock_try(&guard));
    csan__lock_give(&guard);
}
END_TEST

static void *fill_from_the_arena(void *arg)
{
    size_t mine = (size_t)arg;
    pthread_barrier_wait(&all_there);
    for (size_t i = 0; i < ROUNDS; i++) {
        size_t bytes = i % 100 == 99 ? (size_t)1 << 19 : 16 + i % 512;
        unsigned char *p = csan__arena_alloc(bytes);
        ck_assert(p && csan__arena_owns(p) && csan__os_owns(p));
        ck_assert_uint_eq(p[0], 0);
        ck_assert_uint_eq(p[bytes - 1], 0);
        p[0] = p[bytes - 1] = (unsigned char)mine;
    }
    return NULL;
}

START_TEST(threads_get_different_memory_from_the_arena)
{
    run(fill_from_the_arena);
}
END_TEST

static void *map_and_unmap(void *arg)
{
    pthread_barrier_wait(&all_there);
    for (size_t i = 0; i < ROUNDS; i++) {
        size_t bytes = (i % 4 + 1) * CSAN_PAGE;
        char *p = csan__os_map(bytes);
        ck_assert(p && csan__os_owns(p));
        memset(p, (int)(size_t)arg, 16);
        csan__os_unmap(p, bytes);
    }
    return NULL;
}

START_TEST(threads_map_and_unmap_at_once)
{
    run(map_and_unmap);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *t = tcase_create("threads");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, one_thread_at_a_time_holds_a_lock);
    tcase_add_test(t, threads_get_different_memory_from_the_arena);
    tcase_add_test(t, threads_map_and_unmap_at_once);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
