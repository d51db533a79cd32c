/* detect/mark: which blocks are reached from a root, and from each other. */
#include "base/arena.h"
#include "base/os.h"
#include "detect/mark.h"
#include "detect/memory.h"
#include "record/block_map.h"
#include "tests/unit/graph.h"
#include "tests/unit/suite.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena scratch;
static struct world world;
static struct mark *mark;

static void begin_mark(void)
{
    world = here(&scratch);
    ck_assert_int_eq(csan__mark_begin(&world, &mark), 0);
}

static void end_mark(void)
{
    csan__mark_end(mark);
    csan__arena_scratch_free(&scratch);
}

static void scan_root(uintptr_t word)
{
    uintptr_t root[1] = {word};
    csan__mark_scan(mark, (uintptr_t)root, (uintptr_t)(root + 1));
}

static bool reached(const void *p)
{
    ck_assert(csan__block_is_live((uintptr_t)p));
    return !csan__mark_is_white((uintptr_t)p);
}

/* Is a block reached from this one word? */
static bool keeps(uintptr_t word, const void *p)
{
    begin_mark();
    scan_root(word);
    bool yes = reached(p);
    end_mark();
    return yes;
}

static void point(void *from, size_t offset, const void *to)
{
    memcpy((char *)from + offset, &to, sizeof to);
}

/* ------------------------------------------------------------------ one pointer */

START_TEST(only_pointers_into_the_asked_bytes_keep_a_block)
{
    static const size_t sizes[] = {1, 8, 24, 100, 5000, 65000, 70000, 1 << 20};
    for (size_t i = 0; i < CSAN_COUNT(sizes); i++) {
        size_t n = sizes[i];
        char *before = born(n, 1), *p = born(n, 1);
        uintptr_t at = (uintptr_t)p;
        memset(p, 1, n);
        ck_assert_msg(keeps(at, p) && keeps(at + n / 2, p) && keeps(at + n - 1, p), "%zu bytes", n);
        ck_assert(!keeps(at + n, p) && !keeps(at - 1, p) && !keeps(at + n + 7, p));
        ck_assert(!keeps(0, p) && !keeps(1, p) && !keeps(~at, p) && !keeps((uintptr_t)-1, p));
        ck_assert(!keeps((uintptr_t)before, p) && !keeps(at | 1ULL << 63, p));
        died(p);
        died(before);
    }
}
END_TEST

START_TEST(an_array_of_no_objects_is_kept_by_the_pointer_behind_its_count)
{
    char *p = born(8, 1);
    uintptr_t at = (uintptr_t)p;
    ck_assert(keeps(at + 8, p) && !keeps(at + 9, p) && !keeps(at + 15, p));
    p[0] = 1; /* of one object there is more than the count */
    ck_assert(!keeps(at + 8, p));
    died(p);
    p = born(16, 1); /* malloc's own pointers to the next chunk look alike */
    ck_assert(!keeps((uintptr_t)p + 16, p));
    died(p);
    p = born(24, 1);
    ck_assert(!keeps((uintptr_t)p + 24, p));
    died(p);
}
END_TEST

/* The bitmap's pages stand for 512 KiB each, and those without a start are never looked at. */
START_TEST(a_block_is_kept_by_its_end_where_no_other_block_begins)
{
    const uintptr_t page = (uintptr_t)512 << 10;
    char *map = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uintptr_t border = csan__base_round_up((uintptr_t)map + page, page), start = border - 1024;
    ((size_t *)start)[-1] = 60000 | 1;
    struct block b = {.start = start, .asked = 59000, .usable = 59992};
    csan__block_add(&b);
    ck_assert(keeps(start + 58999, (void *)start) && keeps(border, (void *)start));
    ck_assert(!keeps(start + 59000, (void *)start));
    munmap(map, 4 * page);
}
END_TEST

START_TEST(an_empty_block_is_kept_by_its_address_alone)
{
    char *p = born(0, 1);
    ck_assert(keeps((uintptr_t)p, p));
    ck_assert(!keeps((uintptr_t)p + 1, p) && !keeps((uintptr_t)p + 8, p));
    died(p);
}
END_TEST

START_TEST(a_pointer_that_is_not_aligned_is_none)
{
    char *p = born(100, 1), *from = born(100, 1);
    point(from, 12, p);
    ck_assert(!keeps((uintptr_t)from, p));
    point(from, 88, p);
    ck_assert(keeps((uintptr_t)from, p));
    died(p);
    died(from);
}
END_TEST

START_TEST(the_words_behind_the_asked_bytes_keep_nothing)
{
    char *p = born(100, 1), *from = born(24, 1), *odd = born(31, 1);
    ck_assert_uint_eq(malloc_usable_size(from), 40);
    point(from, 24, p);
    ck_assert(!keeps((uintptr_t)from, p));
    point(odd, 24, p); /* its last byte was not asked for */
    ck_assert(!keeps((uintptr_t)odd, p));
    point(from, 16, p);
    ck_assert(keeps((uintptr_t)from, p));
    died(p);
    died(from);
    died(odd);
}
END_TEST

START_TEST(a_damaged_block_keeps_what_it_points_to_and_is_kept)
{
    char *p = born(100, 1), *from = born(24, 1);
    memset(from + 24, 'x', 16);
    point(from, 8, p);
    ck_assert(keeps((uintptr_t)from, p) && keeps((uintptr_t)from + 5, from));
    died(p);
    died(from);
}
END_TEST

START_TEST(an_overwritten_size_of_malloc_s_loses_no_pointer)
{
    char *from = born(24, 1), *p = born(100, 1), *q = born(24, 1);
    static const size_t garbage[] = {0, 7, 0xfff1, 1 << 20, ~0ULL};
    size_t header;
    memcpy(&header, from - 8, 8);
    point(from, 8, p);
    point(from, 16, q);
    for (size_t i = 0; i < CSAN_COUNT(garbage); i++) {
        memcpy(from - 8, &garbage[i], 8);
        ck_assert(keeps((uintptr_t)from, p) && keeps((uintptr_t)from, q));
    }
    memcpy(from - 8, &header, 8);
    died(from);
    died(p);
    died(q);
}
END_TEST

START_TEST(part_of_a_root_may_be_unreadable)
{
    char *map =
        mmap(NULL, 4 * CSAN_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *p = born(10, 1), *q = born(10, 1), *hidden = born(10, 1);
    point(map, CSAN_PAGE - 8, p);
    point(map, CSAN_PAGE, hidden);
    point(map, 3 * CSAN_PAGE, q);
    mprotect(map + CSAN_PAGE, CSAN_PAGE, PROT_NONE);
    munmap(map + 2 * CSAN_PAGE, CSAN_PAGE);
    for (int with_proc = 0; with_proc < 2; with_proc++) {
        begin_mark();
        if (!with_proc) {
            csan__mark_end(mark);
            world.nmappings = 0;
            ck_assert_int_eq(csan__mark_begin(&world, &mark), 0);
        }
        csan__mark_scan(mark, (uintptr_t)map, (uintptr_t)map + 4 * CSAN_PAGE);
        ck_assert(reached(p) && reached(q) && !reached(hidden));
        end_mark();
    }
    died(p);
    died(q);
    died(hidden);
}
END_TEST

START_TEST(a_block_may_have_unreadable_pages)
{
    char *from = NULL, *p = born(10, 1), *q = born(10, 1), *hidden = born(10, 1);
    ck_assert_int_eq(posix_memalign((void **)&from, CSAN_PAGE, 4 * CSAN_PAGE + BLOCK_TAIL), 0);
    memset(from, 0, 4 * CSAN_PAGE);
    struct block b = block_of(from, 4 * CSAN_PAGE, 1);
    csan__block_add(&b);
    point(from, 8, p);
    point(from, CSAN_PAGE + 8, hidden);
    point(from, 3 * CSAN_PAGE, q);
    mprotect(from + CSAN_PAGE, CSAN_PAGE, PROT_NONE);
    begin_mark();
    scan_root((uintptr_t)from + 4 * CSAN_PAGE - 1);
    ck_assert(reached(from) && reached(p) && reached(q) && !reached(hidden));
    end_mark();
    mprotect(from + CSAN_PAGE, CSAN_PAGE, PROT_READ | PROT_WRITE);
    died(from);
    died(p);
    died(q);
    died(hidden);
}
END_TEST

START_TEST(a_sparse_block_of_gigabytes_is_searched_where_it_was_touched)
{
    struct rusage before, after;
    size_t n = (size_t)3 << 30;
    char *from = malloc(n + BLOCK_TAIL), *p = born(10, 1), *q = born(10, 1), *r = born(10, 1);
    ck_assert_ptr_nonnull(from);
    struct block b = block_of(from, n, 1);
    csan__block_add(&b);
    point(from, 0, p);
    point(from, n / 2 / 8 * 8, q);
    point(from, n - 8, r);
    getrusage(RUSAGE_SELF, &before);
    begin_mark();
    scan_root((uintptr_t)from + n - 1); /* three GiB from its start */
    ck_assert(reached(from) && reached(p) && reached(q) && reached(r));
    end_mark();
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt(after.ru_minflt - before.ru_minflt, 5000); /* of 786,432 pages */
    died(from);
    died(p);
    died(q);
    died(r);
}
END_TEST

START_TEST(a_large_root_is_searched_from_its_first_word_to_its_last)
{
    size_t n = (size_t)1 << 20;
    char *map = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *before = born(10, 1), *first = born(10, 1), *last = born(10, 1), *behind = born(10, 1);
    point(map, 2000, before);
    point(map, 2008, first);
    point(map, n - 2008, last);
    point(map, n - 2000, behind);
    begin_mark();
    csan__mark_scan(mark, (uintptr_t)map + 2008, (uintptr_t)map + n - 2000);
    ck_assert(!reached(before) && reached(first) && reached(last) && !reached(behind));
    end_mark();
    munmap(map, n);
    died(before);
    died(first);
    died(last);
    died(behind);
}
END_TEST

START_TEST(a_file_that_has_shrunk_does_not_kill_the_search)
{
    FILE *f = tmpfile();
    ck_assert_int_eq(ftruncate(fileno(f), 8 * CSAN_PAGE), 0);
    char *map = mmap(NULL, 8 * CSAN_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0);
    char *p = born(10, 1);
    point(map, CSAN_PAGE - 8, p);
    ck_assert_int_eq(ftruncate(fileno(f), CSAN_PAGE), 0);
    begin_mark();
    csan__mark_scan(mark, (uintptr_t)map, (uintptr_t)map + 8 * CSAN_PAGE);
    ck_assert(reached(p));
    end_mark();
    died(p);
    fclose(f);
}
END_TEST

static void take_last_page_away(memory_word *words, size_t n, uintptr_t at, void *arg)
{
    uintptr_t *end = arg;
    (void)at;
    munmap((void *)(*end - CSAN_PAGE), CSAN_PAGE);
    for (size_t i = 0; i < n; i++)
        ck_assert_uint_ne(words[i], 0);
}

/* Valgrind has memory of its own there, and takes it away when it likes. */
START_TEST(in_valgrind_memory_may_go_while_it_is_searched)
{
    size_t bytes = 2 * MEMORY_SPARSE;
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct memory m;
    uintptr_t lo = (uintptr_t)map, end = lo + bytes;
    memset(map, 1, bytes);
    begin_mark();
    csan__memory_open(&m);
    m.in_valgrind = true;
    csan__memory_each(&m, lo, end, take_last_page_away, &end);
    csan__memory_close(&m);
    end_mark();
    munmap(map, bytes);
}
END_TEST

/* ------------------------------------------------------------------ graphs */

START_TEST(a_block_that_points_to_itself_is_not_reached_by_that)
{
    char *p = born(100, 1), *q = born(100, 1);
    point(p, 0, p);
    point(p, 8, p + 50);
    begin_mark();
    scan_root((uintptr_t)q);
    ck_assert(reached(q) && !reached(p));
    struct mark_reach r = csan__mark_flood(mark, (uintptr_t)p);
    ck_assert(r.blocks == 1 && r.bytes == 100);
    r = csan__mark_flood(mark, (uintptr_t)p);
    ck_assert(r.blocks == 0 && r.bytes == 0);
    end_mark();
    died(p);
    died(q);
}
END_TEST

/* child[0], child[1], then the rest of it; a heap's numbering: 2i+1, 2i+2 */
static char **make_tree(size_t n, size_t bytes)
{
    char **all =
        mmap(NULL, n * sizeof *all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < n; i++)
        all[i] = born(bytes, 1);
    for (size_t i = 1; i < n; i++)
        point(all[(i - 1) / 2], i % 2 * 8, all[i]);
    return all;
}

static void fell(char **all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        died(all[i]);
    munmap(all, n * sizeof *all);
}

START_TEST(a_tree_is_reached_where_malloc_s_headers_are_not_known)
{
    csan__block_chunk_headers = false;
    csan__block_real_usable = malloc_usable_size;
    char **all = make_tree(1000, 24);
    begin_mark();
    struct mark_reach r = csan__mark_flood(mark, (uintptr_t)all[0]);
    ck_assert(r.blocks == 1000 && r.bytes == 24000);
    end_mark();
    fell(all, 1000);
}
END_TEST

START_TEST(a_tree_is_reached_from_its_root_and_a_part_of_it_from_within)
{
    enum { N = 100000 };
    char **all = make_tree(N, 24);
    begin_mark();
    uint64_t white = csan__mark_count(mark);
    ck_assert_uint_eq(white, N);
    struct mark_reach part = csan__mark_flood(mark, (uintptr_t)all[1]);
    ck_assert_uint_eq(part.bytes, part.blocks * 24);
    ck_assert_uint_eq(csan__mark_count(mark), N - part.blocks);
    ck_assert(!reached(all[0]) && !reached(all[2]) && reached(all[3]) && !reached(all[5]));
    scan_root((uintptr_t)all[0]);
    ck_assert_uint_eq(csan__mark_count(mark), 0);
    end_mark();
    fell(all, N);
}
END_TEST

START_TEST(a_list_of_a_million_needs_no_recursion)
{
    enum { N = 1000000 };
    struct rlimit small = {256 << 10, 256 << 10};
    char *head = NULL;
    for (int i = 0; i < N; i++) {
        char *p = born(16, 1);
        point(p, (size_t)i % 2 * 8, head);
        head = p;
    }
    setrlimit(RLIMIT_STACK, &small);
    begin_mark();
    ck_assert_uint_eq(csan__mark_flood(mark, (uintptr_t)head).blocks, N);
    end_mark();
}
END_TEST

/* More than the mark stack holds, each of them with something behind it. */
START_TEST(what_does_not_fit_on_the_mark_stack_is_not_forgotten)
{
    enum { N = 200000 };
    char *table = born(N * sizeof(char *), 1);
    for (int i = 0; i < N; i++) {
        char *p = born(40, 1), *q = born(40, 1);
        point(table, (size_t)i * 8, i % 3 ? p : p + 17);
        point(p, 8, q + (i % 5 ? 0 : 39));
    }
    begin_mark();
    ck_assert_uint_eq(csan__mark_count(mark), 2 * N + 1);
    scan_root((uintptr_t)table);
    ck_assert_uint_eq(csan__mark_count(mark), 0);
    end_mark();
    begin_mark();
    struct mark_reach r = csan__mark_flood(mark, (uintptr_t)table);
    ck_assert_uint_eq(r.blocks, 2 * N + 1);
    ck_assert_uint_eq(r.bytes, N * 8 + 2 * N * 40);
    end_mark();
}
END_TEST

/* The same with pointers one past the end: they must not be believed when the stack is full. */
START_TEST(pointers_past_the_end_are_not_believed_when_the_mark_stack_is_full)
{
    enum { N = 100000 };
    char *table = born(2 * N * sizeof(char *), 1);
    for (int i = 0; i < N; i++) {
        point(table, (size_t)i * 8, born(40, 1));
        point(table, (size_t)(N + i) * 8, (char *)born(41, 1) + 41);
    }
    begin_mark();
    ck_assert_uint_eq(csan__mark_flood(mark, (uintptr_t)table).blocks, N + 1);
    ck_assert_uint_eq(csan__mark_count(mark), N);
    end_mark();
}
END_TEST

START_TEST(dropped_blocks_are_neither_reached_nor_followed)
{
    char *a = born(8, 1), *b = born(8, 1), *c = born(8, 1);
    point(a, 0, b);
    point(b, 0, c);
    begin_mark();
    csan__mark_drop((uintptr_t)b);
    ck_assert_uint_eq(csan__mark_flood(mark, (uintptr_t)a).blocks, 1);
    ck_assert(!reached(c));
    end_mark();
    died(a);
    died(b);
    died(c);
}
END_TEST

START_TEST(white_blocks_are_saved_and_restored)
{
    char **all = make_tree(1000, 24);
    begin_mark();
    csan__mark_drop((uintptr_t)all[7]);
    csan__mark_save(mark);
    csan__mark_flood(mark, (uintptr_t)all[0]);
    ck_assert_uint_ne(csan__mark_count(mark), 999);
    csan__mark_restore(mark);
    ck_assert_uint_eq(csan__mark_count(mark), 999);
    ck_assert(!csan__mark_is_white((uintptr_t)all[7]));
    end_mark();
    fell(all, 1000);
}
END_TEST

START_TEST(white_blocks_are_listed_by_address_while_they_change)
{
    char **all = make_tree(2996, 100);
    static const uintptr_t far[] = {6, 2, 8, 4}; /* regions that come into use in no order */
    for (size_t i = 0; i < CSAN_COUNT(far); i++)
        csan__block_set(far[i] << 40 | 160);
    begin_mark();
    struct mark_cursor at = {0, 0};
    uintptr_t start, last = 0;
    uint64_t n = 0;
    while (csan__mark_next(mark, &at, &start)) {
        ck_assert_uint_gt(start, last);
        ck_assert(csan__mark_is_white(start));
        last = start;
        if (n++ % 2)
            csan__mark_drop(start);
    }
    ck_assert_uint_eq(n, 3000);
    ck_assert_uint_eq(csan__mark_count(mark), 1500);
    end_mark();
    for (size_t i = 0; i < CSAN_COUNT(far); i++)
        csan__block_clear(far[i] << 40 | 160);
    fell(all, 2996);
}
END_TEST

/* ------------------------------------------------------------------ against a naive search */

enum { NODES = 120, SLOTS = 4 };

static struct {
    char *p;
    size_t asked;
    int to[SLOTS];
} node[NODES];

static void make_random_graph(uint64_t *random)
{
    for (int i = 0; i < NODES; i++) {
        uint64_t r = next_random(random);
        node[i].asked = SLOTS * 8 + (r % 20 ? r >> 8 & 255 : BLOCK_LARGE + (r >> 8 & 0xfffff));
        node[i].p = born(node[i].asked, 1);
    }
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < SLOTS; k++) {
            uint64_t r = next_random(random);
            int to = (int)(r % (NODES * 4)); /* a quarter of the slots holds a pointer */
            node[i].to[k] = to < NODES ? to : -1;
            if (to >= NODES)
                continue;
            size_t offset = r >> 20 & 1 ? 0 : (r >> 21) % (node[to].asked + 1);
            if (offset == node[to].asked)
                node[i].to[k] = -1; /* one past the end */
            point(node[i].p, (size_t)k * 8, node[to].p + offset);
        }
}

static void reach_naively(int from, bool *seen)
{
    seen[from] = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < NODES; i++)
            for (int k = 0; seen[i] && k < SLOTS; k++) {
                int to = node[i].to[k];
                changed |= to >= 0 && !seen[to];
                if (to >= 0)
                    seen[to] = true;
            }
    }
}

START_TEST(random_graphs_are_reached_as_by_a_naive_search)
{
    uint64_t random = 4711 + (uint64_t)_i;
    make_random_graph(&random);
    for (int round = 0; round < 10; round++) {
        bool seen[NODES] = {false};
        int first = (int)(next_random(&random) % NODES),
            second = (int)(next_random(&random) % NODES);
        reach_naively(first, seen);
        reach_naively(second, seen);
        begin_mark();
        scan_root((uintptr_t)node[first].p + node[first].asked - 1);
        scan_root((uintptr_t)node[second].p);
        for (int i = 0; i < NODES; i++)
            ck_assert_int_eq(reached(node[i].p), seen[i]);
        end_mark();
    }
    for (int i = 0; i < NODES; i++)
        died(node[i].p);
}
END_TEST

/* ------------------------------------------------------------------ by several markers */

enum { MANY = 40000 };
static char *many[MANY];

/* Pointers to beginnings and insides, some one past the end; a few blocks are large, and one has
 * more pointers than the mark stack has room. */
static void make_large_graph(uint64_t *random)
{
    for (int i = 0; i < MANY; i++) {
        uint64_t r = next_random(random);
        many[i] = born(i == 0 ? MANY * 8 : 40 + (r % 500 ? r % 64 : BLOCK_LARGE), 1);
        memset(many[i], 0, 40);
    }
    for (int i = 0; i < MANY; i++) {
        point(many[0], (size_t)i * 8, next_random(random) % 16 ? NULL : many[i] + i % 3);
        for (size_t k = 0; i && k < 5; k++) {
            uint64_t r = next_random(random);
            point(many[i], k * 8, r % 2 ? many[(r >> 8) % MANY] + (r >> 40) % 48 : NULL);
        }
    }
}

static size_t list_white(uintptr_t *out)
{
    struct mark_cursor at = {0, 0};
    size_t n = 0;
    while (csan__mark_next(mark, &at, &out[n]))
        n++;
    return n;
}

static size_t mark_from(int root, uintptr_t *white)
{
    begin_mark();
    scan_root((uintptr_t)many[root]);
    scan_root((uintptr_t)many[root + 1]);
    size_t n = list_white(white);
    end_mark();
    return n;
}

START_TEST(several_markers_reach_what_one_reaches)
{
    static uintptr_t alone[MANY + 1], together[MANY + 1];
    uint64_t random = 1000 + (uint64_t)_i;
    make_large_graph(&random);
    for (int root = 0; root < 4; root++) {
        csan__mark_crew(0, 0);
        size_t n = mark_from(root, alone);
        for (uint32_t helpers = 1; helpers < 4; helpers++) {
            csan__mark_crew(helpers, 1);
            ck_assert_uint_eq(mark_from(root, together), n);
            ck_assert(memcmp(alone, together, n * sizeof *alone) == 0);
        }
    }
    csan__mark_crew(UINT32_MAX, 200000);
    for (int i = 0; i < MANY; i++)
        died(many[i]);
}
END_TEST

static int count_threads(void)
{
    DIR *d = opendir("/proc/self/task");
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void mark_with_helpers(void)
{
    uint64_t random = 7;
    uintptr_t white[MANY + 1];
    make_large_graph(&random);
    csan__mark_crew(3, 1);
    ck_assert_uint_lt(mark_from(0, white), MANY);
    while (count_threads() > 1) /* the kernel tells of its end just before it is gone */
        csan__os_yield();
    for (int i = 0; i < MANY; i++)
        died(many[i]);
}

START_TEST(helpers_are_gone_when_the_verdict_is_given)
{
    for (int i = 0; i < 5; i++)
        mark_with_helpers();
    pid_t child = fork();
    if (child == 0) {
        mark_with_helpers();
        _exit(0);
    }
    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(how, 0);
    struct rlimit none = {0, 0}; /* threads, but for root */
    ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &none), 0);
    mark_with_helpers();
}
END_TEST

/* ------------------------------------------------------------------ no memory */

START_TEST(without_memory_no_mark_begins_and_nothing_is_left_behind)
{
    char *p = born(100, 1);
    int failures = 0;
    for (unsigned nth = 1; nth < 10; nth++) {
        world = here(&scratch);
        csan__block_fail_nth(nth);
        int failed = csan__mark_begin(&world, &mark);
        csan__block_fail_nth(0);
        failures += failed != 0;
        if (!failed)
            csan__mark_end(mark);
        csan__arena_scratch_free(&scratch);
    }
    ck_assert_int_ge(failures, 4);
    ck_assert(keeps((uintptr_t)p, p));
    died(p);
}
END_TEST

START_TEST(a_verdict_leaves_no_descriptor_and_no_mapping)
{
    char *p = born(100, 1);
    int lowest = dup(0);
    close(lowest);
    ck_assert(keeps((uintptr_t)p, p));
    struct world before = here(&scratch);
    for (int i = 0; i < 5; i++) {
        struct mark *m;
        ck_assert_int_eq(csan__mark_begin(&before, &m), 0);
        csan__mark_flood(m, (uintptr_t)p);
        csan__mark_end(m);
    }
    struct mapping *after;
    long n = csan__maps_read(&scratch, &after);
    ck_assert_int_le(n, before.nmappings + 1); /* scratch itself may have grown */
    int again = dup(0);
    close(again);
    ck_assert_int_eq(again, lowest);
    died(p);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("mark");
    TCase *t = tcase_create("mark");
    tcase_add_checked_fixture(t, begin_account, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, only_pointers_into_the_asked_bytes_keep_a_block);
    tcase_add_test(t, an_array_of_no_objects_is_kept_by_the_pointer_behind_its_count);
    tcase_add_test(t, a_block_is_kept_by_its_end_where_no_other_block_begins);
    tcase_add_test(t, an_empty_block_is_kept_by_its_address_alone);
    tcase_add_test(t, a_pointer_that_is_not_aligned_is_none);
    tcase_add_test(t, the_words_behind_the_asked_bytes_keep_nothing);
    tcase_add_test(t, a_damaged_block_keeps_what_it_points_to_and_is_kept);
    tcase_add_test(t, an_overwritten_size_of_malloc_s_loses_no_pointer);
    tcase_add_test(t, part_of_a_root_may_be_unreadable);
    tcase_add_test(t, a_block_may_have_unreadable_pages);
    tcase_add_test(t, a_sparse_block_of_gigabytes_is_searched_where_it_was_touched);
    tcase_add_test(t, a_large_root_is_searched_from_its_first_word_to_its_last);
    tcase_add_test(t, a_file_that_has_shrunk_does_not_kill_the_search);
    tcase_add_test(t, in_valgrind_memory_may_go_while_it_is_searched);
    tcase_add_test(t, a_block_that_points_to_itself_is_not_reached_by_that);
    tcase_add_test(t, a_tree_is_reached_where_malloc_s_headers_are_not_known);
    tcase_add_test(t, a_tree_is_reached_from_its_root_and_a_part_of_it_from_within);
    tcase_add_test(t, a_list_of_a_million_needs_no_recursion);
    tcase_add_test(t, what_does_not_fit_on_the_mark_stack_is_not_forgotten);
    tcase_add_test(t, pointers_past_the_end_are_not_believed_when_the_mark_stack_is_full);
    tcase_add_test(t, dropped_blocks_are_neither_reached_nor_followed);
    tcase_add_test(t, white_blocks_are_saved_and_restored);
    tcase_add_test(t, white_blocks_are_listed_by_address_while_they_change);
    tcase_add_loop_test(t, random_graphs_are_reached_as_by_a_naive_search, 0, 20);
    tcase_add_loop_test(t, several_markers_reach_what_one_reaches, 0, 4);
    tcase_add_test(t, helpers_are_gone_when_the_verdict_is_given);
    tcase_add_test(t, without_memory_no_mark_begins_and_nothing_is_left_behind);
    tcase_add_test(t, a_verdict_leaves_no_descriptor_and_no_mapping);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return suite_run(suite());
}
