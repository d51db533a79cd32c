/* The pool: what several markers hand to each other is done once, and the first hears when all is.
 */
#include "detect/mark_pool.h"
#include "tests/unit/suite.h"

#include <pthread.h>

enum { HELPERS = 3, DEPTH = 14, TREES = 300, ROOM = 4096 };

static struct mark_pool pool;

struct marker {
    bool is_first;
    uint64_t leaves, taken;
    size_t depth;
    uintptr_t stack[ROOM];
};

/* An entry n stands for a tree of 2^n leaves. */
static void drain(struct marker *m)
{
    for (;;) {
        while (m->depth) {
            uintptr_t n = m->stack[--m->depth];
            if (n == 0) {
                m->leaves++;
                continue;
            }
            m->stack[m->depth++] = n - 1;
            m->stack[m->depth++] = n - 1;
            if (m->depth >= MARK_CHUNK && csan__mark_pool_wants(&pool) &&
                csan__mark_pool_give(&pool, m->stack)) {
                m->depth -= MARK_CHUNK;
                memmove(m->stack, m->stack + MARK_CHUNK, m->depth * sizeof *m->stack);
            }
        }
        if (!csan__mark_pool_take(&pool, m->is_first, m->stack))
            return;
        m->taken++;
        m->depth = MARK_CHUNK;
    }
}

static void *help(void *arg)
{
    drain(arg);
    return NULL;
}

START_TEST(all_is_done_once_and_the_first_hears_when)
{
    static struct marker markers[1 + HELPERS];
    pthread_t threads[HELPERS];
    memset(&pool, 0, sizeof pool);
    memset(markers, 0, sizeof markers);
    markers[0].is_first = true;
    csan__mark_pool_add(&pool);
    for (int i = 0; i < HELPERS; i++) {
        csan__mark_pool_add(&pool);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, help, &markers[1 + i]), 0);
    }
    uint64_t expected = 0;
    for (int round = 0; round < 20; round++) {
        if (round)
            csan__mark_pool_resume(&pool);
        for (int i = 0; i < TREES; i++)
            markers[0].stack[markers[0].depth++] = (uintptr_t)(i % DEPTH);
        for (int i = 0; i < TREES; i++)
            expected += (uint64_t)1 << i % DEPTH;
        drain(&markers[0]);
        uint64_t leaves = 0;
        for (int i = 0; i <= HELPERS; i++)
            leaves += markers[i].leaves;
        ck_assert_uint_eq(leaves, expected);
    }
    csan__mark_pool_end(&pool);
    for (int i = 0; i < HELPERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}
END_TEST

START_TEST(what_does_not_fit_stays_with_its_giver)
{
    uintptr_t entries[MARK_CHUNK] = {0};
    memset(&pool, 0, sizeof pool);
    csan__mark_pool_add(&pool);
    for (uint32_t i = 0; i < MARK_POOL_ROOM; i++)
        ck_assert(csan__mark_pool_give(&pool, entries));
    ck_assert(!csan__mark_pool_give(&pool, entries));
    for (uint32_t i = 0; i < MARK_POOL_ROOM; i++)
        ck_assert(csan__mark_pool_take(&pool, true, entries));
    ck_assert(!csan__mark_pool_take(&pool, true, entries));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mark_pool");
    TCase *t = tcase_create("mark_pool");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, all_is_done_once_and_the_first_hears_when);
    tcase_add_test(t, what_does_not_fit_stays_with_its_giver);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
