/* The depot: each stack once, the right one, whoever asks and however it is recognised. */
#include "base/arena.h"
#include "record/cfi.h"
#include "record/module.h"
#include "record/stack.h"
#include "record/thread.h"
#include "record/unwind_frame.h"
#include "tests/unit/fixtures/build.h"
#include "tests/unit/suite.h"

#include <alloca.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/wait.h>

#define KEEP() __asm__ volatile("" ::: "memory")

static uint32_t last_id;

static void begin(void)
{
    csan__thread_learn_stack(csan__thread_make());
    csan__module_refresh();
    ck_assert_int_eq(csan__stack_init(64), 0);
}

static void end(void)
{
    ck_assert(csan__stack_is_valid());
    ck_assert(csan__unwind_is_valid());
    build_clean();
}

static struct stack_bounds bounds(void)
{
    struct thread *t = csan__thread_get();
    csan__thread_learn_stack(t);
    return (struct stack_bounds){t->stack_lo, t->stack_hi};
}

static bool is_kept_as(uint32_t id, const uintptr_t *pcs, const struct walk *walk,
                       uint32_t depth_max)
{
    struct stack_view v;
    uint32_t depth = walk->depth < depth_max ? walk->depth : depth_max;
    return csan__stack_get(id, &v) && v.depth == depth &&
           memcmp(v.pcs, pcs, depth * sizeof *pcs) == 0 &&
           v.truncated == (walk->truncated || walk->depth > depth_max);
}

/* Every stack is taken twice, and both must be what the walk says. */
static void take(void)
{
    struct regs at = REGS_OF_CALLER();
    struct stack_bounds in = bounds();
    uintptr_t pcs[STACK_DEPTH_MAX];
    uint32_t first = csan__stack_here(&at), second = csan__stack_here(&at);
    struct walk walk = csan__unwind_fast(&at, &in, pcs, STACK_DEPTH_MAX);
    ck_assert_msg(first == second && is_kept_as(first, pcs, &walk, 64), "%u frames, ids %u and %u",
                  walk.depth, first, second);
    last_id = first;
}

__attribute__((noinline)) static void take_below(int n)
{
    if (n > 0)
        take_below(n - 1);
    else
        take();
    KEEP();
}

START_TEST(the_same_stack_has_the_same_id)
{
    uint32_t ids[3];
    for (volatile int i = 0; i < 3; i++) {
        take_below(4);
        ids[i] = last_id;
    }
    ck_assert_uint_eq(ids[0], ids[1]);
    ck_assert_uint_eq(ids[0], ids[2]);
    ck_assert_uint_eq(csan__stack_count(), 1);
}
END_TEST

START_TEST(another_call_site_and_another_depth_are_other_stacks)
{
    take_below(4);
    uint32_t first = last_id;
    take_below(4);
    uint32_t second = last_id;
    take_below(5);
    ck_assert_uint_ne(first, second);
    ck_assert_uint_ne(second, last_id);
    ck_assert_uint_eq(csan__stack_count(), 3);
}
END_TEST

START_TEST(only_ids_that_were_given_lead_to_a_stack)
{
    uint32_t given[40];
    for (uint32_t i = 0; i < 40; i++) {
        uintptr_t pcs[40];
        for (uint32_t k = 0; k <= i; k++)
            pcs[k] = 1 + (i * 7 + k) % 40; /* looks like a record from the inside, too */
        given[i] = csan__stack_keep(pcs, i + 1, false);
    }
    struct stack_view v;
    uint32_t found = 0;
    for (uint32_t id = 0; id < STACK_ID_END; id++)
        found += csan__stack_get(id, &v);
    ck_assert_uint_eq(found, 40);
    for (uint32_t i = 0; i < 40; i++) {
        ck_assert(csan__stack_get(given[i], &v));
        ck_assert_uint_eq(v.depth, i + 1);
        ck_assert_uint_eq(v.pcs[i], 1 + i * 8 % 40);
    }
    ck_assert(!csan__stack_get(UINT32_MAX, &v));
}
END_TEST

START_TEST(what_lies_beyond_stack_depth_does_not_make_another_stack)
{
    struct stack_view v;
    uint32_t ids[2];
    ck_assert_int_eq(csan__stack_init(3), 0);
    uintptr_t a[] = {1, 2, 3, 4}, b[] = {1, 2, 3, 5, 6};
    ids[0] = csan__stack_keep(a, 4, false);
    ids[1] = csan__stack_keep(b, 5, false);
    ck_assert_uint_eq(ids[0], ids[1]);
    ck_assert(csan__stack_get(ids[0], &v));
    ck_assert_uint_eq(v.depth, 3);
    ck_assert(v.truncated);
    ids[0] = csan__stack_keep(a, 2, false);
    ck_assert_uint_ne(ids[0], ids[1]);
    ck_assert(csan__stack_get(ids[0], &v));
    ck_assert(!v.truncated);
}
END_TEST

static void take_only(void)
{
    struct regs at = REGS_OF_CALLER();
    last_id = csan__stack_here(&at);
}

__attribute__((noinline)) static void take_only_below(int n)
{
    if (n > 0)
        take_only_below(n - 1);
    else
        take_only();
    KEEP();
}

START_TEST(a_walked_stack_is_cut_at_stack_depth)
{
    struct stack_view v;
    ck_assert_int_eq(csan__stack_init(5), 0);
    for (volatile int i = 10; i < 13; i++) {
        take_only_below(i);
        ck_assert(csan__stack_get(last_id, &v));
        ck_assert_uint_eq(v.depth, 5);
        ck_assert(v.truncated);
    }
    ck_assert_uint_eq(csan__stack_count(), 1); /* the kept frames are alike */
}
END_TEST

/* The options are read after the first allocations. */
START_TEST(a_stack_of_an_earlier_depth_is_cut_anew)
{
    struct stack_view v;
    for (volatile uint32_t depth = 64; depth > 4; depth /= 2) {
        ck_assert_int_eq(csan__stack_init(depth), 0);
        for (volatile int i = 0; i < 2; i++) {
            take_only_below(70);
            ck_assert(csan__stack_get(last_id, &v));
            ck_assert_uint_eq(v.depth, depth);
        }
    }
}
END_TEST

/* ---- recognised, or walked: the same ---- */

static uint64_t next_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void wander(int n);
static void (*taker)(void) = take;

/* Functions with frames of fixed and of varying size, each with two call sites. */
__attribute__((noinline)) static void fixed_small(int n)
{
    volatile char local[8];
    local[0] = 1;
    if (next_random() & 1)
        wander(n - 1);
    else
        wander(n - 2);
    KEEP();
    local[1] = local[0];
}

__attribute__((noinline)) static void fixed_large(int n)
{
    volatile char local[200];
    local[0] = 1;
    if (next_random() & 1)
        wander(n - 1);
    else
        wander(n - 3);
    KEEP();
    local[1] = local[0];
}

__attribute__((noinline)) static void varying(int n)
{
    volatile char *p = alloca(16 + next_random() % 4 * 16);
    p[0] = 1;
    if (next_random() & 1)
        wander(n - 1);
    else
        wander(n - 2);
    KEEP();
    p[1] = p[0];
}

__attribute__((noinline)) static void aligned(int n)
{
    __attribute__((aligned(64))) volatile char local[64];
    local[0] = 1;
    wander(n - 1);
    KEEP();
    local[1] = local[0];
}

__attribute__((noinline)) static void aligned_and_varying(int n)
{
    __attribute__((aligned(64))) volatile char local[64];
    volatile char *p = alloca(16 + next_random() % 4 * 16);
    local[0] = p[0] = 1;
    wander(n - 1);
    KEEP();
    p[1] = local[0];
}

__attribute__((noinline)) static void wander(int n)
{
    static void (*const ways[])(int) = {fixed_small, fixed_large, varying, aligned,
                                        aligned_and_varying};
    if (n > 0)
        ways[next_random() % CSAN_COUNT(ways)](n);
    else
        taker();
    KEEP();
}

START_TEST(a_stack_that_is_recognised_is_the_one_that_would_be_walked)
{
    for (volatile int i = 0; i < 60000; i++)
        wander(1 + (int)(next_random() % 12));
    ck_assert_uint_gt(csan__stack_count(), 1000);
}
END_TEST

START_TEST(stacks_of_every_shape_are_recognised_as_they_are_walked)
{
    static const char *const compilers[] = {"gcc -O0", "gcc -O2", "gcc -O2 -fno-omit-frame-pointer",
                                            "clang -O1"};
    char name[8] = {'s', (char)('0' + _i), 0};
    const char *path = build_object(compilers[_i], "stacks.c", name);
    if (!path)
        return;
    void *library = dlopen(path, RTLD_NOW);
    ck_assert_msg(library != NULL, "%s", dlerror());
    csan__module_refresh();
    ((void (*)(void (*)(void)))dlsym(library, "stack_capture_by"))(take);
    const struct stack_case {
        const char *name;
        void (*run)(void);
    } *cases = dlsym(library, "stack_cases");
    for (volatile int round = 0; round < 3; round++)
        for (const struct stack_case *c = cases; c->name; c++)
            c->run();
}
END_TEST

/* The same frames but for one, in every place. */
__attribute__((noinline)) static void two_ways(int n, int other)
{
    if (n == 0) {
        take();
    } else if (n == other) {
        two_ways(n - 1, other);
        __asm__ volatile("# the other way");
    } else {
        two_ways(n - 1, other);
    }
    KEEP();
}

START_TEST(stacks_that_differ_in_one_frame_are_told_apart)
{
    for (volatile int round = 0; round < 20; round++)
        for (volatile int n = 1; n < 20; n++)
            for (volatile int other = 0; other <= n; other++)
                two_ways(n, other);
}
END_TEST

static void take_fully(void)
{
    struct regs at = REGS_OF_CALLER();
    uint32_t quick = csan__stack_here(&at);
    csan__stack_walk_fully(true);
    csan__unwind_forget(0, UNWIND_PC_END);
    uint32_t fully = csan__stack_here(&at);
    ck_assert_uint_eq(csan__unwind_count(0, UNWIND_PC_END), 0);
    csan__stack_walk_fully(false);
    ck_assert_uint_eq(quick, fully);
    ck_assert_uint_ne(quick, 0);
}

START_TEST(the_slow_walk_takes_the_same_stacks)
{
    taker = take_fully;
    for (volatile int i = 0; i < 300; i++)
        wander(1 + (int)(next_random() % 12));
    taker = take;
}
END_TEST

/* With no rules there is no walk that would not learn them. */
__attribute__((noinline)) static void take_without_rules(int n)
{
    if (n > 0) {
        take_without_rules(n - 1);
    } else {
        struct regs at = REGS_OF_CALLER();
        uint32_t id = csan__stack_here(&at);
        csan__unwind_forget(0, UNWIND_PC_END);
        ck_assert_uint_eq(csan__stack_here(&at), id);
        ck_assert_uint_eq(csan__unwind_count(0, UNWIND_PC_END), 0);
    }
    KEEP();
}

START_TEST(a_stack_that_is_recognised_is_not_walked)
{
    for (volatile int n = 0; n < 20; n++)
        take_without_rules(n);
}
END_TEST

/* In a frame that is addressed through rbp. */
__attribute__((noinline)) static void take_otherwise(size_t n)
{
    volatile char *room = alloca(n);
    room[0] = 1;
    struct regs at = {.pc = 0, .sp = 0};
    __asm__ volatile("lea 1f(%%rip), %0\n1:\tmovq %%rsp, %1\n\tmovq %%rbp, %2"
                     : "=r"(at.pc), "=r"(at.sp), "=r"(at.bp));
    struct stack_bounds in = bounds();
    uint32_t id = csan__stack_here(&at);
    struct regs moved = at;
    moved.bp += 16;
    uintptr_t pcs[STACK_DEPTH_MAX];
    struct walk walk = csan__unwind_fast(&moved, &in, pcs, STACK_DEPTH_MAX);
    ck_assert(is_kept_as(csan__stack_here(&moved), pcs, &walk, 64));
    uint64_t inverse = 1; /* of the multiplier of pc, so that the guess is the same one */
    for (int i = 0; i < 6; i++)
        inverse *= 2 - inverse * 0x9e3779b97f4a7c15u;
    struct regs elsewhere = at;
    elsewhere.pc += inverse;
    ck_assert_uint_eq(csan__stack_here(&at), id);
    ck_assert_uint_ne(csan__stack_here(&elsewhere), id);
    room[1] = room[0];
}

START_TEST(other_registers_make_another_stack)
{
    take_otherwise(32);
    take_otherwise(48);
}
END_TEST

/* ---- threads, forks, memory ---- */

enum { THREADS = 8, STACKS = 20000 };
static pthread_barrier_t barrier;
static uint32_t ids[THREADS][STACKS];

static void *keep_all(void *arg)
{
    uint32_t *mine = arg;
    csan__thread_make();
    pthread_barrier_wait(&barrier);
    for (uint32_t i = 0; i < STACKS; i++) {
        uintptr_t pcs[20];
        for (uint32_t k = 0; k < 20; k++)
            pcs[k] = 0x400000 + i * 64 + k;
        mine[i] = csan__stack_keep(pcs, 1 + i % 20, false);
    }
    return NULL;
}

START_TEST(threads_that_keep_the_same_stacks_get_the_same_ids)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, keep_all, ids[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 1; i < THREADS; i++)
        ck_assert_mem_eq(ids[i], ids[0], sizeof ids[0]);
    ck_assert_uint_eq(csan__stack_count(), STACKS);
    for (uint32_t i = 0; i < STACKS; i++)
        ck_assert_uint_ne(ids[0][i], 0);
}
END_TEST

static void *take_in_thread(void *arg)
{
    csan__thread_make();
    pthread_barrier_wait(&barrier);
    for (volatile int i = 0; i < 2000; i++)
        take_below(i % 30);
    KEEP();
    return arg;
}

START_TEST(threads_may_take_their_stacks_at_once)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_in_thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(csan__stack_count(), 30);
}
END_TEST

START_TEST(an_id_stays_good_in_a_forked_child)
{
    volatile int once = 1;
    uint32_t before = 0;
    do { /* one call site, before and behind the fork */
        take_below(4);
        if (!before) {
            before = last_id;
            pid_t child = fork();
            if (child > 0) {
                int status;
                ck_assert_int_eq(waitpid(child, &status, 0), child);
                ck_assert_int_eq(status, 0);
                return;
            }
        } else {
            once = 0;
        }
    } while (once);
    struct stack_view v;
    _exit(!(last_id == before && csan__stack_get(before, &v) && csan__stack_is_valid()));
}
END_TEST

START_TEST(without_memory_there_is_no_id_and_the_loss_is_counted)
{
    uintptr_t pcs[] = {1, 2, 3};
    csan__arena_fail_nth(1); /* the first chunk */
    ck_assert_uint_eq(csan__stack_keep(pcs, 3, false), 0);
    ck_assert_uint_eq(csan__thread_self->degraded, 1);
    ck_assert_uint_ne(csan__stack_keep(pcs, 3, false), 0);
    ck_assert_uint_eq(csan__thread_self->degraded, 1);
}
END_TEST

START_TEST(nothing_is_kept_before_the_depot_is_begun)
{
    uintptr_t pcs[] = {1};
    struct stack_view v;
    csan__arena_fail_nth(1);
    ck_assert_int_lt(csan__stack_init(64), 0);
    csan__arena_fail_nth(0);
    take_only_below(1);
    ck_assert_uint_eq(last_id, 0);
    ck_assert_uint_eq(csan__stack_keep(pcs, 1, false), 0);
    ck_assert(!csan__stack_get(1, &v));
    ck_assert_int_eq(csan__stack_init(64), 0);
    take_only_below(1);
    ck_assert_uint_ne(last_id, 0);
}
END_TEST

START_TEST(an_empty_stack_has_no_id)
{
    uintptr_t pcs[] = {1};
    struct stack_view v;
    ck_assert_uint_eq(csan__stack_keep(pcs, 0, true), 0);
    ck_assert(!csan__stack_get(0, &v));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stack");
    TCase *t = tcase_create("stack");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, the_same_stack_has_the_same_id);
    tcase_add_test(t, another_call_site_and_another_depth_are_other_stacks);
    tcase_add_test(t, only_ids_that_were_given_lead_to_a_stack);
    tcase_add_test(t, what_lies_beyond_stack_depth_does_not_make_another_stack);
    tcase_add_test(t, a_walked_stack_is_cut_at_stack_depth);
    tcase_add_test(t, a_stack_of_an_earlier_depth_is_cut_anew);
    tcase_add_test(t, a_stack_that_is_recognised_is_the_one_that_would_be_walked);
    tcase_add_loop_test(t, stacks_of_every_shape_are_recognised_as_they_are_walked, 0, 4);
    tcase_add_test(t, stacks_that_differ_in_one_frame_are_told_apart);
    tcase_add_test(t, the_slow_walk_takes_the_same_stacks);
    tcase_add_test(t, a_stack_that_is_recognised_is_not_walked);
    tcase_add_test(t, other_registers_make_another_stack);
    tcase_add_test(t, threads_that_keep_the_same_stacks_get_the_same_ids);
    tcase_add_test(t, threads_may_take_their_stacks_at_once);
    tcase_add_test(t, an_id_stays_good_in_a_forked_child);
    tcase_add_test(t, without_memory_there_is_no_id_and_the_loss_is_counted);
    tcase_add_test(t, an_empty_stack_has_no_id);
    suite_add_tcase(suite, t);
    TCase *bare = tcase_create("not begun");
    tcase_add_test(bare, nothing_is_kept_before_the_depot_is_begun);
    suite_add_tcase(suite, bare);
    return suite_run(suite);
}
