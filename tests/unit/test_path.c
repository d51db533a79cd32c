/* detect/path: one shortest chain from a root to a block, and what its first pointer alone keeps.
 */
#include "detect/path.h"
#include "base/arena.h"
#include "detect/roots.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <pthread.h>

static struct arena scratch;
static struct path *paths; /* malloc's, unaccounted: no roots */
static struct range stack; /* a root of the kind that does not last */
static struct stopped_thread *threads;

#define NODES 60u
static uintptr_t *nodes; /* masked */
#define NODE(i) ((void **)~nodes[i])

static void begin(void)
{
    begin_account();
    csan__roots_static_tls_bytes = 512;
    paths = calloc(8, sizeof *paths);
    nodes = calloc(NODES, sizeof *nodes);
    threads = calloc(1, sizeof *threads);
    for (size_t i = 0; i < NODES; i++)
        nodes[i] = HIDE(born(64, (uint32_t)i + 1));
}

/* Where the compiler keeps copies is no matter here: this thread's own stack is no root. */
static struct range own_stack(void)
{
    pthread_attr_t a;
    void *lo;
    size_t bytes;
    ck_assert_int_eq(pthread_getattr_np(pthread_self(), &a), 0);
    pthread_attr_getstack(&a, &lo, &bytes);
    pthread_attr_destroy(&a);
    return (struct range){(uintptr_t)lo, (uintptr_t)lo + bytes};
}

static int find(size_t n)
{
    struct world w = here(&scratch);
    struct range own = own_stack();
    w.not_roots = &own;
    w.nnot_roots = 1;
    w.threads = threads;
    w.nthreads = stack.lo ? 1 : 0;
    threads[0] = (struct stopped_thread){.tid = 5, .sp = stack.lo, .stack = stack};
    return csan__path_find(&w, paths, n);
}

static void find_one(size_t node)
{
    csan__arena_scratch_free(&scratch);
    memset(paths, 0, sizeof *paths);
    paths[0].block = (uintptr_t)NODE(node);
    ck_assert_int_eq(find(1), 0);
    paths[0].block = 0;
}

/* Each block of the chain, by the number that its stack has. */
static void expect_chain(const uint32_t *stacks, uint32_t n)
{
    ck_assert_uint_eq(paths[0].nplaces, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        ck_assert_int_eq(paths[0].places[i + 1].kind, PLACE_HEAP);
        ck_assert(paths[0].places[i + 1].follows);
        ck_assert_uint_eq(paths[0].places[i + 1].stack, stacks[i] + 1);
    }
}
#define EXPECT_CHAIN(...)                                                                          \
    expect_chain((const uint32_t[]){__VA_ARGS__}, CSAN_COUNT(((const uint32_t[]){__VA_ARGS__})))

static void *volatile global, *volatile other;

START_TEST(what_nothing_holds_has_no_chain)
{
    find_one(0);
    ck_assert_uint_eq(paths[0].nplaces, 0);
    ck_assert_ptr_null(paths[0].places);
    NODE(0)[1] = NODE(0); /* nor by itself */
    find_one(0);
    ck_assert_uint_eq(paths[0].nplaces, 0);
}
END_TEST

START_TEST(a_global_may_hold_it_itself)
{
    global = (char *)NODE(0) + 8;
    find_one(0);
    EXPECT_CHAIN(0);
    ck_assert_uint_eq(paths[0].places[0].at, (uintptr_t)&global);
    ck_assert_uint_eq(paths[0].places[0].value, (uintptr_t)NODE(0) + 8);
    ck_assert(!paths[0].places[0].follows);
    ck_assert_uint_eq(paths[0].places[1].value, 0);
    ck_assert_uint_eq(paths[0].kept_blocks, 1);
    ck_assert_uint_eq(paths[0].kept_bytes, 64);
}
END_TEST

START_TEST(the_shortest_of_several_ways_is_told_with_its_offsets)
{
    global = NODE(0);
    NODE(0)[1] = NODE(1);
    NODE(1)[2] = NODE(2);
    NODE(2)[3] = NODE(3);
    NODE(0)[7] = NODE(4);
    NODE(4)[5] = NODE(3);
    find_one(3);
    EXPECT_CHAIN(0, 4, 3);
    ck_assert_uint_eq(paths[0].places[1].offset, 56);
    ck_assert_uint_eq(paths[0].places[2].offset, 40);
    ck_assert_uint_eq(paths[0].kept_blocks, 5);
}
END_TEST

START_TEST(kept_is_what_would_be_lost_without_the_first_pointer)
{
    global = NODE(0);
    other = NODE(1);
    NODE(0)[0] = NODE(1);
    NODE(1)[0] = NODE(2);
    NODE(0)[1] = NODE(3);
    NODE(3)[0] = NODE(4);
    find_one(4);
    EXPECT_CHAIN(0, 3, 4);
    ck_assert_uint_eq(paths[0].kept_blocks, 3); /* 1 and 2 have another holder */
    ck_assert_uint_eq(paths[0].kept_bytes, 3 * 64);
    other = NODE(0);
    find_one(4);
    ck_assert_uint_eq(paths[0].kept_blocks, 0);
    other = NULL;
}
END_TEST

START_TEST(a_global_is_told_before_a_shorter_way_from_a_stack)
{
    void *local[2] = {NODE(2), NULL};
    stack = (struct range){(uintptr_t)&local[0], (uintptr_t)&local[2]};
    global = NODE(0);
    NODE(0)[0] = NODE(1);
    NODE(1)[0] = NODE(2);
    find_one(2);
    EXPECT_CHAIN(0, 1, 2);
    global = NULL;
    find_one(2);
    EXPECT_CHAIN(2);
    ck_assert_int_eq(paths[0].places[0].kind, PLACE_STACK);
    ck_assert_int_eq(paths[0].places[0].tid, 5);
    stack = (struct range){0, 0};
}
END_TEST

START_TEST(of_a_long_chain_the_middle_is_left_out_and_counted)
{
    global = NODE(0);
    for (size_t i = 0; i + 1 < NODES; i++)
        *NODE(i) = NODE(i + 1);
    for (size_t last = 3; last < NODES; last++) {
        find_one(last);
        const struct path *p = &paths[0];
        uint32_t n = last + 2 > PATH_PLACES ? PATH_PLACES : (uint32_t)last + 2;
        ck_assert_uint_eq(p->nplaces, n);
        ck_assert_uint_eq(p->places[n - 1].stack, last + 1);
        ck_assert_uint_eq(p->places[n - 2].stack, last);
        ck_assert_uint_eq(p->places[n - 2].skipped, last + 2 - n);
        ck_assert_uint_eq(p->places[1].stack, 1);
        ck_assert_uint_eq(p->kept_blocks, NODES);
    }
}
END_TEST

START_TEST(several_blocks_are_found_in_one_search)
{
    global = NODE(0);
    NODE(0)[0] = NODE(1);
    other = NODE(2);
    for (size_t i = 0; i < 4; i++)
        paths[i] = (struct path){.block = (uintptr_t)NODE(i)};
    ck_assert_int_eq(find(4), 0);
    for (size_t i = 0; i < 4; i++)
        paths[i].block = 0;
    ck_assert_uint_eq(paths[0].nplaces, 2);
    ck_assert_uint_eq(paths[1].nplaces, 3);
    ck_assert_uint_eq(paths[2].nplaces, 2);
    ck_assert_uint_eq(paths[3].nplaces, 0);
    ck_assert_uint_eq(paths[0].kept_blocks, 2);
    ck_assert_uint_eq(paths[2].kept_blocks, 1);
    other = NULL;
}
END_TEST

/* Breadth first over the same words, with no bitmaps. */
static int naive_length(size_t to)
{
    int far[NODES];
    memset(far, -1, sizeof far);
    for (size_t i = 0; i < NODES; i++)
        if ((uintptr_t)global - (uintptr_t)NODE(i) < 64)
            far[i] = 1;
    for (int d = 1; d < (int)NODES; d++)
        for (size_t i = 0; i < NODES; i++)
            for (size_t k = 0; far[i] == d && k < 8; k++)
                for (size_t j = 0; j < NODES; j++)
                    if ((uintptr_t)NODE(i)[k] - (uintptr_t)NODE(j) < 64 && far[j] < 0)
                        far[j] = d + 1;
    return far[to];
}

START_TEST(random_chains_are_as_long_as_a_naive_search_finds_them)
{
    uint64_t random = 88172645463325252u + (uint64_t)_i;
    global = NODE(0);
    for (size_t i = 0; i < NODES * 5 / 4; i++)
        NODE(next_random(&random) % NODES)
    [next_random(&random) % 8] =
        (char *)NODE(next_random(&random) % NODES) + next_random(&random) % 64;
    for (size_t i = 0; i < NODES; i++) {
        int expected = naive_length(i);
        find_one(i);
        uint32_t n = paths[0].nplaces;
        uint32_t skipped = n > 2 ? paths[0].places[n - 2].skipped : 0;
        ck_assert_int_eq(expected < 0 ? 0 : expected + 1, (int)(n + skipped));
    }
}
END_TEST

START_TEST(without_memory_nothing_is_found_and_nothing_is_left_behind)
{
    global = NODE(0);
    unsigned nth = 1;
    for (; nth < 200; nth++) {
        memset(paths, 0, sizeof *paths);
        paths[0].block = (uintptr_t)NODE(0);
        csan__block_fail_nth(nth);
        int failed = find(1);
        csan__block_fail_nth(0);
        if (!failed)
            break;
        ck_assert_int_eq(failed, -12);
    }
    ck_assert_uint_gt(nth, 5);
    ck_assert_uint_lt(nth, 200);
    EXPECT_CHAIN(0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("path");
    TCase *t = tcase_create("path");
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, what_nothing_holds_has_no_chain);
    tcase_add_test(t, a_global_may_hold_it_itself);
    tcase_add_test(t, the_shortest_of_several_ways_is_told_with_its_offsets);
    tcase_add_test(t, kept_is_what_would_be_lost_without_the_first_pointer);
    tcase_add_test(t, a_global_is_told_before_a_shorter_way_from_a_stack);
    tcase_add_test(t, of_a_long_chain_the_middle_is_left_out_and_counted);
    tcase_add_test(t, several_blocks_are_found_in_one_search);
    tcase_add_loop_test(t, random_chains_are_as_long_as_a_naive_search_finds_them, 0, 10);
    tcase_add_test(t, without_memory_nothing_is_found_and_nothing_is_left_behind);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return suite_run(suite());
}
