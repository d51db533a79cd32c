/* detect/roots: which memory of a real process keeps a block alive, and which does not. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "detect/roots.h"
#include "record/block_map.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

static struct arena scratch;
static struct world world;
static struct stopped_thread *threads; /* malloc's, unaccounted: no roots */
static struct range *not_roots;

static uintptr_t thread_pointer(void)
{
    uintptr_t tp;
    __asm__("movq %%fs:0, %0" : "=r"(tp));
    return tp;
}

static struct stopped_thread this_thread(uintptr_t sp)
{
    pthread_attr_t a;
    void *lo;
    size_t bytes;
    ck_assert_int_eq(pthread_getattr_np(pthread_self(), &a), 0);
    pthread_attr_getstack(&a, &lo, &bytes);
    pthread_attr_destroy(&a);
    return (struct stopped_thread){.sp = sp,
                                   .stack = {(uintptr_t)lo, (uintptr_t)lo + bytes},
                                   .thread_pointer = thread_pointer()};
}

static void note_world(uintptr_t sp)
{
    csan__arena_scratch_free(&scratch);
    struct world w = here(&scratch);
    threads[0] = this_thread(sp);
    w.threads = threads;
    w.nthreads = world.nthreads ? world.nthreads : 1;
    w.not_roots = not_roots;
    w.nnot_roots = world.nnot_roots;
    w.extra_roots = world.extra_roots;
    w.nextra = world.nextra;
    world = w;
}

/* Bytes that are lost. Deeper frames than the caller's are not part of the stopped thread. */
static __attribute__((noinline)) uint64_t lost_bytes(void)
{
    struct findings found;
    uint64_t bytes = 0;
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(csan__detector_leak.judge(0, &world, &found), 0);
    for (const struct finding *f = found.first; f; f = f->next)
        bytes += f->amount;
    return bytes;
}

static __attribute__((noinline)) uint64_t lost(void)
{
    note_world((uintptr_t)__builtin_frame_address(0) + 16);
    return lost_bytes();
}

static __attribute__((noinline)) uintptr_t hidden(size_t n)
{
    return HIDE(born(n, 1));
}

static void begin(void)
{
    begin_account();
    csan__options.max_leak = 0;
    csan__roots_static_tls_bytes = 512; /* the default reaches down into a young thread's stack */
    threads = calloc(4, sizeof *threads);
    not_roots = calloc(4, sizeof *not_roots);
}

static void *volatile global;
static void *volatile global_data = (void *)1;
static __thread void *volatile thread_local;

/* Lost before it is stored there, kept while it is, and lost again. */
#define EXPECT_KEPT_BY(place, p)                                                                   \
    do {                                                                                           \
        volatile uintptr_t hidden_ = (p); /* the compiler is to keep no copy of the pointer */     \
        uint64_t before_ = lost();                                                                 \
        (place) = (void *)~hidden_;                                                                \
        uint64_t during_ = lost();                                                                 \
        (place) = NULL;                                                                            \
        uint64_t after_ = lost();                                                                  \
        ck_assert_uint_eq(before_, 100);                                                           \
        ck_assert_uint_eq(during_, 0);                                                             \
        ck_assert_uint_eq(after_, 100);                                                            \
    } while (0)

/* ------------------------------------------------------------------ roots */

START_TEST(globals_and_thread_locals_are_roots)
{
    uintptr_t p = hidden(100);
    EXPECT_KEPT_BY(global, p);
    EXPECT_KEPT_BY(global_data, p);
    EXPECT_KEPT_BY(thread_local, p);
}
END_TEST

START_TEST(a_local_variable_is_a_root)
{
    uintptr_t p = hidden(100);
    void *volatile local[2] = {NULL, NULL};
    EXPECT_KEPT_BY(local[1], p);
    ck_assert_ptr_null(local[0]);
}
END_TEST

static __attribute__((noinline)) bool leave_on_dead_stack(uintptr_t p)
{
    void *volatile deep[64];
    for (int i = 0; i < 64; i++)
        deep[i] = (void *)~p;
    return deep[5] == NULL;
}

START_TEST(what_a_returned_function_left_on_the_stack_is_no_root)
{
    uintptr_t p = hidden(100);
    note_world((uintptr_t)__builtin_frame_address(0) + 16);
    threads[0] = this_thread((uintptr_t)__builtin_frame_address(0) + 16);
    ck_assert(!leave_on_dead_stack(p));
    ck_assert_uint_eq(lost_bytes(), 100);
}
END_TEST

START_TEST(thread_specific_data_is_a_root)
{
    uintptr_t p = hidden(100);
    pthread_key_t key = 0;
    for (int i = 0; i < 40; i++) { /* one of the first level, one of the second */
        ck_assert_int_eq(pthread_key_create(&key, NULL), 0);
        if (i != 3 && i != 39)
            continue;
        ck_assert_uint_eq(lost(), 100);
        /* The second level is malloc's: under csan it has an account like any block. */
        pthread_setspecific(key, (void *)~p);
        if (i == 3)
            ck_assert_uint_eq(lost(), 0);
        pthread_setspecific(key, NULL);
    }
}
END_TEST

static void *map(size_t bytes, int flags)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(p, MAP_FAILED);
    return p;
}

START_TEST(the_program_s_own_mappings_are_roots)
{
    uintptr_t p = hidden(100);
    void *volatile *shared = map(CSAN_PAGE, MAP_SHARED), *volatile *own = map(1 << 20, MAP_PRIVATE);
    EXPECT_KEPT_BY(shared[7], p);
    EXPECT_KEPT_BY(own[1000], p);
    own[1000] = (void *)~p;
    mprotect((void *)own, 1 << 20, PROT_READ); /* as programs do once they are set up */
    ck_assert_uint_eq(lost(), 0);
    mprotect((void *)own, 1 << 20, PROT_NONE);
    ck_assert_uint_eq(lost(), 100);
}
END_TEST

START_TEST(the_environment_is_a_root)
{
    uintptr_t p = hidden(100);
    ck_assert_ptr_nonnull(environ[0]);
    EXPECT_KEPT_BY(*(void *volatile *)&environ[0], p);
}
END_TEST

START_TEST(added_roots_are_roots_and_excluded_ones_are_none)
{
    uintptr_t p = hidden(100);
    void **unaccounted = malloc(64); /* malloc's memory, but no block */
    struct range root = {(uintptr_t)unaccounted, (uintptr_t)unaccounted + 64};
    unaccounted[3] = (void *)~p;
    ck_assert_uint_eq(lost(), 100);
    world.extra_roots = &root;
    world.nextra = 1;
    ck_assert_uint_eq(lost(), 0);
    world.nextra = 0;
    void **own = map(3 * CSAN_PAGE, MAP_PRIVATE);
    own[700] = (void *)~p;
    not_roots[0] = (struct range){(uintptr_t)own + CSAN_PAGE, (uintptr_t)own + 2 * CSAN_PAGE};
    world.nnot_roots = 1;
    ck_assert_uint_eq(lost(), 100);
    not_roots[0].hi = (uintptr_t)(own + 700);
    ck_assert_uint_eq(lost(), 0);
    free(unaccounted);
}
END_TEST

START_TEST(spilled_registers_are_roots)
{
    uintptr_t p = hidden(100), *spilled = malloc(64);
    spilled[2] = ~p;
    note_world((uintptr_t)__builtin_frame_address(0) + 16);
    threads[0].saved = (struct range){(uintptr_t)spilled, (uintptr_t)(spilled + 3)};
    ck_assert_uint_eq(lost_bytes(), 0);
    threads[0].saved.hi -= 8;
    ck_assert_uint_eq(lost_bytes(), 100);
    free(spilled);
}
END_TEST

/* ------------------------------------------------------------------ other threads */

static struct {
    pthread_barrier_t ready, done;
    struct stopped_thread as_stopped;
    uintptr_t local, below, in_tls;
} other;

static void *hold(void *arg)
{
    void *volatile slots[128];
    (void)arg;
    for (int i = 0; i < 128; i++)
        slots[i] = NULL;
    thread_local = (void *)~other.in_tls;
    slots[0] = (void *)~other.below;
    slots[127] = (void *)~other.local;
    other.as_stopped = this_thread((uintptr_t)&slots[64]);
    pthread_barrier_wait(&other.ready);
    pthread_barrier_wait(&other.done);
    return slots[127];
}

START_TEST(of_another_thread_the_live_stack_and_its_thread_locals_are_roots)
{
    pthread_t t;
    other.local = hidden(100);
    other.below = hidden(1000);
    other.in_tls = hidden(10000);
    pthread_barrier_init(&other.ready, NULL, 2);
    pthread_barrier_init(&other.done, NULL, 2);
    pthread_create(&t, NULL, hold, NULL);
    pthread_barrier_wait(&other.ready);
    threads[1] = other.as_stopped;
    world.nthreads = 2;
    ck_assert_uint_eq(lost(), 1000);
    /* A thread that runs on a stack of another kind: all of its own counts. */
    void *volatile *elsewhere = map(2 * CSAN_PAGE, MAP_PRIVATE);
    not_roots[0] = (struct range){(uintptr_t)elsewhere, (uintptr_t)elsewhere + 2 * CSAN_PAGE};
    world.nnot_roots = 1;
    threads[1].sp = (uintptr_t)elsewhere + CSAN_PAGE;
    elsewhere[CSAN_PAGE / 8 + 1] = (void *)~hidden(7);
    elsewhere[CSAN_PAGE / 8 - 1] = (void *)~hidden(5);
    ck_assert_uint_eq(lost(), 5);
    pthread_barrier_wait(&other.done);
    pthread_join(t, NULL);
}
END_TEST

static __attribute__((noinline)) void run_on(uintptr_t stack, uintptr_t p, uintptr_t q)
{
    ((uintptr_t *)(~stack + 4000))[0] = ~q;
    ((uintptr_t *)(~stack + 8000))[0] = ~p;
    threads[1].sp = ~stack + 5000;
}

START_TEST(a_stack_in_a_block_is_live_from_its_stack_pointer_on)
{
    uintptr_t p = hidden(100), q = hidden(1000), stack = hidden(20000);
    run_on(stack, p, q);
    ck_assert_uint_eq(lost(), 21100);
    world.nthreads = 2;
    ck_assert_uint_eq(lost(), 21000); /* run on, though nobody points to it: not freed either */
    global = (void *)~stack;
    ck_assert_uint_eq(lost(), 0);
}
END_TEST

START_TEST(dynamic_thread_locals_are_roots)
{
    uintptr_t *tcb = malloc(64), *dtv = malloc(256), p = hidden(100), q = hidden(1000);
    memset(dtv, 0, 256);
    tcb[1] = (uintptr_t)(dtv + 2);
    dtv[0] = 3; /* entries behind the generation */
    dtv[4] = ~p;
    dtv[10] = ~q; /* beyond them */
    note_world((uintptr_t)__builtin_frame_address(0) + 16);
    world.nthreads = 2;
    threads[1] = (struct stopped_thread){.thread_pointer = (uintptr_t)tcb};
    size_t below = csan__roots_static_tls_bytes, beyond = csan__roots_pthread_bytes;
    csan__roots_static_tls_bytes = 0;
    csan__roots_pthread_bytes = 16;
    ck_assert_uint_eq(lost_bytes(), 1000);
    static const uintptr_t odd[] = {0, 8, 1, 16, 0xdead000, ~0ULL, ~7ULL};
    for (size_t i = 0; i < CSAN_COUNT(odd); i++) {
        tcb[1] = odd[i];
        ck_assert_uint_eq(lost_bytes(), 1100);
    }
    csan__roots_static_tls_bytes = below;
    csan__roots_pthread_bytes = beyond;
    free(tcb);
    free(dtv);
}
END_TEST

/* ------------------------------------------------------------------ malloc's memory */

static __attribute__((noinline)) void leave_in_free_chunks(uintptr_t p)
{
    void **all[64];
    for (int i = 0; i < 64; i++) {
        all[i] = malloc(3000);
        memset(all[i], 0, 3000);
        all[i][100] = (void *)~p;
    }
    for (int i = 0; i < 64; i += 2)
        free(all[i]);
}

START_TEST(stale_words_in_the_heap_are_no_roots)
{
    uintptr_t p = hidden(100);
    leave_in_free_chunks(p);
    ck_assert_uint_eq(lost(), 100);
}
END_TEST

static void *in_an_arena(void *arg)
{
    leave_in_free_chunks(*(uintptr_t *)arg);
    other.local = hidden(5000); /* a live one, so that the heap stays */
    other.as_stopped = this_thread(0);
    return NULL;
}

static __attribute__((noinline)) bool is_outside_brk(uintptr_t p)
{
    return ~p - (uintptr_t)sbrk(0) > 1 << 30;
}

static __attribute__((noinline)) void died_hidden(uintptr_t p)
{
    died((void *)~p);
}

START_TEST(stale_words_in_an_arena_s_heap_are_no_roots)
{
    uintptr_t p = hidden(100);
    pthread_t t;
    pthread_create(&t, NULL, in_an_arena, &p);
    pthread_join(t, NULL);
    ck_assert(is_outside_brk(other.local));
    not_roots[0] = other.as_stopped.stack;
    world.nnot_roots = 1;
    ck_assert_uint_eq(lost(), 5100);
    died_hidden(other.local);
    ck_assert_uint_eq(lost(), 100); /* no live block is left in that heap */
}
END_TEST

START_TEST(a_large_block_is_no_root_for_itself_nor_for_others)
{
    uintptr_t large = hidden(1 << 20), p = hidden(100);
    ((uintptr_t *)~large)[50] = ~p;
    ck_assert_uint_eq(lost(), (1 << 20) + 100);
    global = (void *)~large;
    ck_assert_uint_eq(lost(), 0);
}
END_TEST

START_TEST(the_program_s_mapping_beside_a_large_block_is_a_root)
{
    uintptr_t large = hidden(4 << 20), p = hidden(100);
    uintptr_t page = (~large - 16 - CSAN_PAGE) & ~(CSAN_PAGE - 1);
    void **mine = mmap((void *)page, CSAN_PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (mine == MAP_FAILED)
        mine = map(CSAN_PAGE, MAP_PRIVATE); /* the place was taken: then it lies elsewhere */
    ck_assert_uint_eq(lost(), (4 << 20) + 100);
    mine[5] = (void *)~p;
    ck_assert_uint_eq(lost(), 4 << 20);
}
END_TEST

/* Blocks of a malloc that csan does not know, headers apart: 64 bytes each, from the 100th to the
 * 200th, without those from the 120th to the 129th. Hidden, like all that leads to a block. */
static __attribute__((noinline)) uintptr_t foreign_heap(void)
{
    char *heap = map(16 * CSAN_PAGE, MAP_PRIVATE);
    for (uintptr_t i = 100; i <= 200; i += i == 119 ? 11 : 1) {
        struct block b = {.start = (uintptr_t)heap + i * 64 + 16, .asked = 40, .usable = 56};
        *(size_t *)(heap + i * 64 + 8) = *(size_t *)(heap + i * 64 + 72) = 64 | 1;
        csan__block_add(&b);
    }
    return HIDE(heap);
}

static __attribute__((noinline)) void store(uintptr_t heap, size_t at, uintptr_t p)
{
    *(uintptr_t *)(~heap + at) = ~p;
}

START_TEST(of_another_malloc_s_heap_what_lies_between_its_blocks_is_no_root)
{
    uintptr_t p = hidden(100), heap = foreign_heap(), rest = 91 * 40;
    ck_assert_uint_eq(lost(), 100 + rest);
    store(heap, 125 * 64, p); /* between its blocks */
    ck_assert_uint_eq(lost(), 100 + rest);
    store(heap, 300 * 64, p); /* beyond them */
    ck_assert_uint_eq(lost(), rest);
}
END_TEST

/* A block in the middle of sixteen pages of the program's; what malloc would say of its size. */
static void add_foreign(char *pages, size_t header, size_t usable, size_t asked)
{
    uintptr_t start = (uintptr_t)pages + 16;
    ((size_t *)start)[-1] = header;
    struct block b = {.start = start, .asked = asked, .usable = usable, .ignored = true};
    csan__block_add(&b);
}

START_TEST(the_program_s_memory_between_two_blocks_with_mappings_of_their_own_is_a_root)
{
    static const struct {
        size_t header, usable;
    } kinds[] = {{4096 | 2, 4080},                           /* small, mapped for itself by glibc */
                 {(BLOCK_LARGE + 16) | 1, BLOCK_LARGE + 8}}; /* large, of any malloc's */
    uintptr_t p = hidden(100);
    for (size_t i = 0; i < CSAN_COUNT(kinds); i++) {
        char *pages = map(60 * CSAN_PAGE, MAP_PRIVATE);
        add_foreign(pages, kinds[i].header, kinds[i].usable, kinds[i].usable - BLOCK_TAIL);
        add_foreign(pages + 30 * CSAN_PAGE, kinds[i].header, kinds[i].usable,
                    kinds[i].usable - BLOCK_TAIL);
        EXPECT_KEPT_BY(*(void *volatile *)(pages + 25 * CSAN_PAGE), p);
        EXPECT_KEPT_BY(*(void *volatile *)(pages + 59 * CSAN_PAGE), p);
    }
}
END_TEST

/* Where an arena's heap might begin, and nearly what it would begin with. */
START_TEST(a_mapping_that_is_aligned_like_an_arena_s_heap_is_a_root)
{
    const uintptr_t step = (uintptr_t)64 << 20;
    uintptr_t p = hidden(100),
              at = csan__base_round_up((uintptr_t)map(CSAN_PAGE, MAP_PRIVATE), step);
    uintptr_t *pages = MAP_FAILED;
    while (pages == MAP_FAILED)
        pages = mmap((void *)(at += step), 4 * CSAN_PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    static const uintptr_t nearly[][4] = {{0, 0, 0, 0},
                                          {0x10000, 0, 4096, 3 * CSAN_PAGE},
                                          {0x10008, 0, 4096, 4 * CSAN_PAGE},
                                          {0x10000, 0x10000, 4096, 4 * CSAN_PAGE},
                                          {0x10000, 0, 5 * CSAN_PAGE, 4 * CSAN_PAGE},
                                          {0, 0, 4096, 4 * CSAN_PAGE}};
    for (size_t i = 0; i < CSAN_COUNT(nearly); i++) {
        memcpy(pages, nearly[i], sizeof nearly[i]);
        EXPECT_KEPT_BY(*(void *volatile *)&pages[700], p);
    }
    static const uintptr_t heap[] = {0x10000, 0, 4096, 4 * CSAN_PAGE};
    memcpy(pages, heap, sizeof heap);
    pages[700] = ~p;
    ck_assert_uint_eq(lost(), 100);
}
END_TEST

START_TEST(a_small_block_with_a_mapping_of_its_own_hides_no_root_beside_it)
{
    uintptr_t p = hidden(100), small = 0;
    mallopt(M_MMAP_THRESHOLD, 4096);
    for (int i = 0; i < 8 && (!small || !(((size_t *)~small)[-1] & 2)); i++) {
        if (small)
            csan__block_ignore(~small); /* there was still room in the heap */
        small = hidden(60000);
    }
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    ck_assert(((size_t *)~small)[-1] & 2);
    uintptr_t page = (~small - 16 - CSAN_PAGE) & ~(CSAN_PAGE - 1);
    void **mine = mmap((void *)page, CSAN_PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (mine == MAP_FAILED)
        mine = map(CSAN_PAGE, MAP_PRIVATE);
    ((uintptr_t *)~small)[700] = ~p;
    ck_assert_uint_eq(lost(), 60100);
    mine[5] = (void *)~p;
    ck_assert_uint_eq(lost(), 60000);
}
END_TEST

/* Old kernels show .bss and the heap behind it as one mapping when addresses are not randomised. */
START_TEST(what_lies_below_the_heap_in_its_mapping_is_a_root)
{
    uintptr_t p = hidden(100);
    global = (void *)~p;
    note_world((uintptr_t)__builtin_frame_address(0) + 16);
    for (uint32_t i = 0; i < world.nmappings; i++)
        if (world.mappings[i].at.lo <= (uintptr_t)&global &&
            (uintptr_t)&global < world.mappings[i].at.hi)
            strcpy(world.mappings[i].name, "[heap]");
    ck_assert_uint_eq(lost_bytes(), 0);
    global = NULL;
    ck_assert_uint_eq(lost_bytes(), 100);
}
END_TEST

/* A block without an account may hold the only pointer: better no finding than a wrong one. */
START_TEST(when_blocks_are_not_accounted_for_the_free_parts_of_the_heap_are_roots)
{
    uintptr_t p = hidden(100), q = hidden(1000);
    void **unknown = malloc(64);
    unknown[2] = (void *)~p;
    ck_assert_uint_eq(lost(), 1100);
    struct block b = {.start = (uintptr_t)unknown, .asked = 64, .usable = 64};
    csan__block_add(&b); /* has no room for an account */
    ck_assert_uint_eq(csan__block_lost(), 1);
    ck_assert_uint_eq(lost(), 1000);
    void **leaked = (void **)~hidden(16);
    leaked[0] = (void *)~q; /* live blocks are no roots even then */
    leaked = NULL;
    ck_assert_uint_eq(lost(), 1016);
    free(unknown);
}
END_TEST

START_TEST(without_proc_stacks_thread_locals_and_added_roots_are_roots)
{
    uintptr_t p = hidden(100), q = hidden(1000);
    void *volatile local = (void *)~p;
    struct range root = {(uintptr_t)&global, (uintptr_t)(&global + 1)};
    note_world((uintptr_t)__builtin_frame_address(0) + 16);
    world.nmappings = 0;
    threads[0].sp = (uintptr_t)&local;
    ck_assert_uint_eq(lost_bytes(), 1000);
    global = (void *)~q;
    ck_assert_uint_eq(lost_bytes(), 1000);
    world.extra_roots = &root;
    world.nextra = 1;
    ck_assert_uint_eq(lost_bytes(), 0);
    thread_local = (void *)~p;
    local = NULL;
    ck_assert_uint_eq(lost_bytes(), 0);
    thread_local = local;
    ck_assert_uint_eq(lost_bytes(), 100);
}
END_TEST

START_TEST(many_holes_are_no_more_trouble_than_few)
{
    mallopt(M_MMAP_THRESHOLD, BLOCK_LARGE);
    for (int i = 0; i < 3000; i++)
        hidden(BLOCK_LARGE);
    uintptr_t p = hidden(100);
    ck_assert_uint_eq(lost(), 3000 * BLOCK_LARGE + 100);
    global = (void *)~p;
    ck_assert_uint_eq(lost(), 3000 * BLOCK_LARGE);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roots");
    TCase *t = tcase_create("roots");
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, globals_and_thread_locals_are_roots);
    tcase_add_test(t, a_local_variable_is_a_root);
    tcase_add_test(t, what_a_returned_function_left_on_the_stack_is_no_root);
    tcase_add_test(t, thread_specific_data_is_a_root);
    tcase_add_test(t, the_program_s_own_mappings_are_roots);
    tcase_add_test(t, the_environment_is_a_root);
    tcase_add_test(t, added_roots_are_roots_and_excluded_ones_are_none);
    tcase_add_test(t, spilled_registers_are_roots);
    tcase_add_test(t, of_another_thread_the_live_stack_and_its_thread_locals_are_roots);
    tcase_add_test(t, a_stack_in_a_block_is_live_from_its_stack_pointer_on);
    tcase_add_test(t, dynamic_thread_locals_are_roots);
    tcase_add_test(t, stale_words_in_the_heap_are_no_roots);
    tcase_add_test(t, stale_words_in_an_arena_s_heap_are_no_roots);
    tcase_add_test(t, a_large_block_is_no_root_for_itself_nor_for_others);
    tcase_add_test(t, the_program_s_mapping_beside_a_large_block_is_a_root);
    tcase_add_test(t, of_another_malloc_s_heap_what_lies_between_its_blocks_is_no_root);
    tcase_add_test(t, the_program_s_memory_between_two_blocks_with_mappings_of_their_own_is_a_root);
    tcase_add_test(t, a_mapping_that_is_aligned_like_an_arena_s_heap_is_a_root);
    tcase_add_test(t, a_small_block_with_a_mapping_of_its_own_hides_no_root_beside_it);
    tcase_add_test(t, what_lies_below_the_heap_in_its_mapping_is_a_root);
    tcase_add_test(t, when_blocks_are_not_accounted_for_the_free_parts_of_the_heap_are_roots);
    tcase_add_test(t, without_proc_stacks_thread_locals_and_added_roots_are_roots);
    tcase_add_test(t, many_holes_are_no_more_trouble_than_few);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return suite_run(suite());
}
