/* detect/pointers: where addresses of given memory are stored, and where they are not. */
#include "detect/pointers.h"
#include "base/arena.h"
#include "base/os.h"
#include "detect/roots.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <sys/mman.h>

#define FOUND_MAX 1000 /* in [heap], which is no root by itself */

static struct arena scratch;
static struct {
    struct pointer at[FOUND_MAX];
    size_t n;
} * found; /* malloc's, unaccounted: nothing of it is looked at */
static size_t on_stack;
static struct range *targets;
static struct stopped_thread *threads;

static void begin(void)
{
    begin_account();
    csan__roots_static_tls_bytes = 512;
    found = calloc(1, sizeof *found);
    targets = calloc(FOUND_MAX, sizeof *targets);
    threads = calloc(2, sizeof *threads);
}

static bool take(const struct pointer *p, void *arg)
{
    if (found->n == FOUND_MAX)
        return true;
    found->at[found->n] = *p;
    csan__pointers_describe(arg, &found->at[found->n++].place);
    return true;
}

static struct world world_with_thread(uintptr_t sp)
{
    struct world w = here(&scratch);
    pthread_attr_t a;
    void *lo;
    size_t bytes;
    ck_assert_int_eq(pthread_getattr_np(pthread_self(), &a), 0);
    pthread_attr_getstack(&a, &lo, &bytes);
    pthread_attr_destroy(&a);
    threads[0] = (struct stopped_thread){.tid = 77,
                                         .sp = sp,
                                         .stack = {(uintptr_t)lo, (uintptr_t)lo + bytes},
                                         .thread_pointer = (uintptr_t)pthread_self()};
    w.threads = threads;
    w.nthreads = 1;
    return w;
}

/* The targets are in malloc's memory, which is no root, and are masked until they are needed. */
static __attribute__((noinline)) size_t seek(size_t n)
{
    struct world w = world_with_thread((uintptr_t)__builtin_frame_address(0) + 16);
    found->n = 0;
    for (size_t i = 0; i < n; i++)
        targets[i] = (struct range){~targets[i].lo, ~targets[i].hi};
    ck_assert_int_eq(csan__pointers_find(&w, targets, n, take, &w), 0);
    for (size_t i = 0; i < n; i++)
        targets[i] = (struct range){~targets[i].lo, ~targets[i].hi};
    csan__arena_scratch_free(&scratch);
    size_t others = 0; /* what the compiler keeps on the stack is its own affair */
    for (size_t i = 0; i < found->n; i++)
        if (found->at[i].place.kind != PLACE_STACK)
            found->at[others++] = found->at[i];
    on_stack = found->n - others;
    found->n = others;
    return others;
}

static __attribute__((noinline)) void aim(size_t i, size_t asked)
{
    uintptr_t p = (uintptr_t)born(asked, 1);
    targets[i] = (struct range){~p, ~(p + asked)};
}

#define TARGET(i) ((void *)~targets[i].lo)

static void *volatile global;
static __thread void *volatile thread_local;

START_TEST(a_global_is_found_with_its_module_and_offset)
{
    aim(0, 100);
    ck_assert_uint_eq(seek(1), 0);
    global = (char *)TARGET(0) + 96;
    ck_assert_uint_eq(seek(1), 1);
    const struct pointer *p = &found->at[0];
    ck_assert_int_eq(p->place.kind, PLACE_MAPPED); /* csan knows no modules in here */
    ck_assert_uint_eq(p->place.at, (uintptr_t)&global);
    ck_assert_uint_eq(p->place.value, (uintptr_t)TARGET(0) + 96);
    global = NULL;
    csan__module_refresh();
    global = (char *)TARGET(0) + 96;
    ck_assert_uint_eq(seek(1), 1);
    ck_assert_int_eq(p->place.kind, PLACE_GLOBAL);
    ck_assert_ptr_nonnull(p->place.module);
    ck_assert_uint_eq(p->place.offset, (uintptr_t)&global - p->place.module->bias);
}
END_TEST

START_TEST(a_thread_local_a_stack_slot_and_a_register_are_told_apart)
{
    aim(0, 100);
    thread_local = TARGET(0);
    ck_assert_uint_eq(seek(1), 1);
    ck_assert_int_eq(found->at[0].place.kind, PLACE_THREAD_LOCAL);
    ck_assert_int_eq(found->at[0].place.tid, 77);
    thread_local = NULL;
    void *volatile local = TARGET(0);
    ck_assert_uint_eq(seek(1), 0);
    ck_assert_uint_ge(on_stack, 1);
    local = NULL;
    ck_assert_ptr_null(local);
}
END_TEST

START_TEST(a_block_is_found_with_its_size_and_offset_while_it_lives)
{
    aim(0, 100);
    void **holder = born(64, 7);
    holder[3] = (char *)TARGET(0) + 8;
    ck_assert_uint_eq(seek(1), 1);
    struct place p = found->at[0].place;
    ck_assert_int_eq(p.kind, PLACE_HEAP);
    ck_assert_uint_eq(p.at, (uintptr_t)&holder[3]);
    ck_assert_uint_eq(p.offset, 24);
    ck_assert_uint_eq(p.bytes, 64);
    ck_assert_uint_eq(p.stack, 7);
    died(holder);
    ck_assert_uint_eq(seek(1), 0);
}
END_TEST

START_TEST(a_large_sparse_block_is_searched)
{
    aim(0, 100);
    size_t bytes = (size_t)1 << 30;
    void **holder = born(bytes, 7);
    holder[bytes / 8 - 1] = TARGET(0);
    ck_assert_uint_eq(seek(1), 1);
    ck_assert_uint_eq(found->at[0].place.offset, bytes - 8);
    died(holder);
}
END_TEST

static __attribute__((noinline)) bool leave_on_dead_stack(void)
{
    void *volatile deep[512];
    for (int i = 0; i < 512; i++)
        deep[i] = TARGET(0);
    return deep[5] == NULL;
}

START_TEST(dead_stack_is_not_looked_at)
{
    aim(0, 100);
    struct world w = world_with_thread((uintptr_t)__builtin_frame_address(0));
    found->n = 0;
    targets[0] = (struct range){~targets[0].lo, ~targets[0].hi};
    struct range one = targets[0];
    targets[0] = (struct range){~targets[0].lo, ~targets[0].hi};
    ck_assert(!leave_on_dead_stack());
    ck_assert_int_eq(csan__pointers_find(&w, &one, 1, take, &w), 0);
    for (size_t i = 0; i < found->n; i++)
        ck_assert_uint_ge(found->at[i].place.at, threads[0].sp);
}
END_TEST

START_TEST(neighbours_in_the_same_sixteen_bytes_are_told_apart)
{
    uintptr_t p = (uintptr_t)born(64, 1);
    void **holder = born(64, 2);
    targets[0] = (struct range){~(p + 3), ~(p + 5)};
    targets[1] = (struct range){~(p + 7), ~(p + 7)}; /* empty: its first byte */
    targets[2] = (struct range){~(p + 15), ~(p + 40)};
    uintptr_t at = p;
    p = 0;
    int expected[] = {-1, -1, -1, 0, 0, -1, -1, 1, -1, -1, -1, -1, -1, -1, -1, 2, 2};
    for (size_t i = 0; i < CSAN_COUNT(expected); i++) {
        holder[1] = (char *)at + i;
        size_t hits = 0;
        seek(3);
        for (size_t k = 0; k < found->n; k++) {
            if (found->at[k].place.at != (uintptr_t)&holder[1])
                continue;
            hits++;
            ck_assert_int_eq((int)found->at[k].range, expected[i]);
        }
        ck_assert_uint_eq(hits, expected[i] >= 0);
    }
}
END_TEST

START_TEST(a_range_may_reach_over_the_end_of_a_gib)
{
    size_t gib = (size_t)1 << 30;
    char *map = mmap(NULL, 3 * gib, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ck_assert_ptr_ne(map, MAP_FAILED);
    uintptr_t border = csan__base_round_up((uintptr_t)map, gib) + gib;
    void **holder = born(64, 2);
    targets[0] = (struct range){~(border - 32), ~(border + 32)};
    for (int step = -40; step <= 40; step += 8) {
        *holder = (void *)(border + (uintptr_t)(long)step);
        size_t hits = 0;
        seek(1);
        for (size_t k = 0; k < found->n; k++)
            hits += found->at[k].place.at == (uintptr_t)holder;
        ck_assert_uint_eq(hits, step >= -32 && step < 32);
    }
    munmap(map, 3 * gib);
}
END_TEST

#define BLOCKS 400u

/* The naive search looks at every word of every block for every range. */
START_TEST(random_heaps_are_searched_as_by_a_naive_search)
{
    csan__pointers_crew((uint32_t)_i % 4, 0);
    uint64_t random = 88172645463325252u + (uint64_t)_i;
    uintptr_t *starts = calloc(BLOCKS, sizeof *starts);
    size_t words = 8, expected = 0, nheap = 0, n = 0;
    for (size_t i = 0; i < BLOCKS; i++)
        starts[i] = ~(uintptr_t)born(words * 8, 1);
    for (size_t i = 0; i < BLOCKS * 2; i++) {
        uintptr_t *from = (uintptr_t *)~starts[next_random(&random) % BLOCKS];
        uintptr_t to = ~starts[next_random(&random) % BLOCKS] + next_random(&random) % 80;
        from[next_random(&random) % words] = to;
    }
    for (size_t i = 0; i < BLOCKS; i += 1 + next_random(&random) % 3) {
        targets[n] = (struct range){starts[i], starts[i] - words * 8};
        if (n && targets[n - 1].lo < targets[n].lo)
            continue; /* malloc went back: they must ascend */
        n++;
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t k = 0; k < words; k++)
            for (size_t t = 0; t < n; t++) {
                uintptr_t word = ((uintptr_t *)~starts[i])[k];
                expected += word >= ~targets[t].lo && word < ~targets[t].hi;
            }
    seek(n);
    for (size_t k = 0; k < found->n; k++) {
        if (found->at[k].place.kind != PLACE_HEAP)
            continue;
        nheap++;
        uintptr_t word = *(uintptr_t *)found->at[k].place.at;
        ck_assert_uint_eq(word, found->at[k].place.value);
        ck_assert(word >= ~targets[found->at[k].range].lo);
        ck_assert(word < ~targets[found->at[k].range].hi);
    }
    ck_assert_uint_gt(expected, 0);
    ck_assert_uint_eq(nheap, expected);
}
END_TEST

struct tally {
    size_t n;
    uint64_t order; /* a hash of the places in the order in which they were told */
};

static bool count(const struct pointer *p, void *arg)
{
    struct tally *t = arg;
    if (p->place.kind != PLACE_HEAP)
        return true;
    t->order = (t->order ^ p->place.at) * 0x9e3779b97f4a7c15u;
    t->n++;
    return true;
}

static struct tally tally_of(uint32_t helpers)
{
    struct tally t = {0, 0};
    struct world w = here(&scratch);
    struct range one = {~targets[0].lo, ~targets[0].hi};
    csan__pointers_crew(helpers, 0);
    ck_assert_int_eq(csan__pointers_find(&w, &one, 1, count, &t), 0);
    csan__arena_scratch_free(&scratch);
    return t;
}

/* More in one place than a helper keeps, and some in many. */
START_TEST(a_crew_tells_of_all_in_the_same_order)
{
    static const size_t many = 150000, blocks = 40000;
    aim(0, 100);
    for (size_t i = 0; i < blocks; i++)
        *(void **)born(200, 7) = i % 2 ? TARGET(0) : NULL;
    void **large = born(many * sizeof *large, 7);
    for (size_t i = 0; i < many; i++)
        large[i] = TARGET(0);
    struct tally alone = tally_of(0), several = tally_of(3);
    ck_assert_uint_eq(alone.n, blocks / 2 + many);
    ck_assert_uint_eq(several.n, alone.n);
    ck_assert_uint_eq(several.order, alone.order);
}
END_TEST

static bool enough(const struct pointer *p, void *arg)
{
    (void)p;
    return ++*(int *)arg < 3;
}

START_TEST(the_search_ends_when_the_caller_has_enough)
{
    int calls = 0;
    aim(0, 100);
    void **holder = born(64, 7);
    for (int i = 0; i < 8; i++)
        holder[i] = TARGET(0);
    struct world w = here(&scratch);
    struct range one = {~targets[0].lo, ~targets[0].hi};
    ck_assert_int_eq(csan__pointers_find(&w, &one, 1, enough, &calls), 0);
    ck_assert_int_eq(calls, 3);
    csan__arena_scratch_free(&scratch);
}
END_TEST

START_TEST(without_memory_nothing_is_searched_and_nothing_is_left_behind)
{
    aim(0, 100);
    struct world w = here(&scratch);
    struct range one = {~targets[0].lo, ~targets[0].hi};
    unsigned nth = 1;
    for (; nth < 100; nth++) {
        csan__block_fail_nth(nth);
        int failed = csan__pointers_find(&w, &one, 1, take, &w);
        csan__block_fail_nth(0);
        if (!failed)
            break;
        ck_assert_int_eq(failed, -12);
    }
    ck_assert_uint_gt(nth, 3);
    ck_assert_uint_lt(nth, 100);
    csan__arena_scratch_free(&scratch);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pointers");
    TCase *t = tcase_create("pointers");
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_global_is_found_with_its_module_and_offset);
    tcase_add_test(t, a_thread_local_a_stack_slot_and_a_register_are_told_apart);
    tcase_add_test(t, a_block_is_found_with_its_size_and_offset_while_it_lives);
    tcase_add_test(t, a_large_sparse_block_is_searched);
    tcase_add_test(t, dead_stack_is_not_looked_at);
    tcase_add_test(t, neighbours_in_the_same_sixteen_bytes_are_told_apart);
    tcase_add_test(t, a_range_may_reach_over_the_end_of_a_gib);
    tcase_add_loop_test(t, random_heaps_are_searched_as_by_a_naive_search, 0, 20);
    tcase_add_test(t, a_crew_tells_of_all_in_the_same_order);
    tcase_add_test(t, the_search_ends_when_the_caller_has_enough);
    tcase_add_test(t, without_memory_nothing_is_searched_and_nothing_is_left_behind);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return suite_run(suite());
}
