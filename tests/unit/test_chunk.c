/* record/chunk: what glibc's malloc would make of an address that is freed. */
#include "record/chunk.h"
#include "base/os.h"
#include "record/module.h"
#include "tests/unit/suite.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct chunk_signs signs;
static const size_t sizes[] = {0, 1, 24, 25, 40, 120, 121, 1000, 1032, 1033, 4000, 70000, 200000};
#define SIZES CSAN_COUNT(sizes)

static uintptr_t hide(void *p)
{
    __asm__("" : "+r"(p));
    return (uintptr_t)p;
}

static void setup(void)
{
    csan__module_refresh();
    uintptr_t p[4];
    static const size_t asked[] = {24, 40, 4000, 24};
    for (int i = 0; i < 4; i++)
        p[i] = hide(malloc(asked[i]));
    for (int i = 0; i < 3; i++)
        free((void *)p[i]);
    signs = csan__chunk_learn(p[0], p[1], p[2]);
    free((void *)p[3]);
    ck_assert(signs.key && signs.main_arena);
}

static enum chunk state(uintptr_t p)
{
    return csan__chunk_state(p, &signs);
}

static void *use_and_free(void *arg)
{
    uintptr_t p[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        p[i] = hide(malloc(sizes[i]));
        ck_assert_int_eq(state(p[i]), CHUNK_USED);
    }
    for (size_t i = 0; i < SIZES; i++) {
        free((void *)p[i]);
        ck_assert_int_ne(state(p[i]), CHUNK_USED);
        for (size_t k = i + 1; k < SIZES; k++)
            ck_assert_int_eq(state(p[k]), CHUNK_USED);
    }
    return arg;
}

START_TEST(every_size_is_used_until_it_is_freed)
{
    use_and_free(NULL);
}
END_TEST

START_TEST(of_another_arena_too)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, use_and_free, NULL), 0);
    pthread_join(thread, NULL);
}
END_TEST

/* Seven go to the thread's cache, the rest to a fast bin or, joined with neighbours, to another. */
START_TEST(free_ones_are_known_wherever_glibc_keeps_them)
{
    enum { N = 60 };
    static const size_t each[] = {24, 100, 600, 1500};
    for (size_t s = 0; s < CSAN_COUNT(each); s++) {
        uintptr_t p[N];
        for (int i = 0; i < N; i++)
            p[i] = hide(malloc(each[s]));
        for (int i = 0; i < N; i += i % 5 == 3 ? 2 : 1) {
            free((void *)p[i]);
            ck_assert_msg(state(p[i]) == CHUNK_FREE, "%zu bytes, number %d", each[s], i);
        }
        for (int i = 4; i < N; i += 5)
            ck_assert_int_eq(state(p[i]), CHUNK_USED);
        malloc_trim(0);
        for (int i = 4; i < N; i += 5)
            free((void *)p[i]);
    }
}
END_TEST

START_TEST(aligned_blocks_are_used)
{
    for (size_t align = 32; align <= 8192; align *= 2) {
        void *p = NULL;
        ck_assert_int_eq(posix_memalign(&p, align, 100), 0);
        ck_assert_int_eq(state(hide(p)), CHUNK_USED);
        free(p);
    }
    void *large = aligned_alloc(1 << 16, 1 << 20);
    ck_assert_int_eq(state(hide(large)), CHUNK_USED);
    free(large);
}
END_TEST

START_TEST(what_is_no_block_is_none_or_free)
{
    static char zeros[256] __attribute__((aligned(16)));
    char *p = malloc(400);
    memset(p, 0, 400);
    ck_assert_int_eq(state(hide(p) + 8), CHUNK_NONE);
    ck_assert_int_eq(state(hide(p) + 64), CHUNK_NONE);
    ck_assert_int_eq(state(hide(zeros) + 64), CHUNK_NONE);
    ck_assert_int_eq(state(16), CHUNK_NONE);
    ck_assert_int_eq(state(~(uintptr_t)15), CHUNK_NONE);
    free(p);
    char *page =
        mmap(NULL, 2 * CSAN_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + CSAN_PAGE, CSAN_PAGE);
    size_t *end = (size_t *)(page + CSAN_PAGE);
    end[-1] = 4096 | 1; /* a size that leads out of the mapping */
    ck_assert_int_eq(state((uintptr_t)end), CHUNK_NONE);
    end[-3] = 64 | 1;
    ck_assert_int_eq(state((uintptr_t)(end - 2)), CHUNK_NONE);
}
END_TEST

START_TEST(without_signs_nothing_is_taken_for_free_that_is_used)
{
    signs = (struct chunk_signs){0, 0};
    for (size_t i = 0; i < SIZES; i++) {
        uintptr_t p = hide(malloc(sizes[i]));
        ck_assert_int_eq(state(p), CHUNK_USED);
        free((void *)p);
    }
}
END_TEST

/* A key that differs between two free blocks is none. */
START_TEST(what_is_no_heap_teaches_nothing)
{
    static size_t words[3][16];
    words[0][1] = 1;
    words[1][1] = 2;
    signs = csan__chunk_learn((uintptr_t)words[0], (uintptr_t)words[1], (uintptr_t)words[2]);
    ck_assert(signs.key == 0 && signs.main_arena == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chunk");
    TCase *t = tcase_create("chunk");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, every_size_is_used_until_it_is_freed);
    tcase_add_test(t, of_another_arena_too);
    tcase_add_test(t, free_ones_are_known_wherever_glibc_keeps_them);
    tcase_add_test(t, aligned_blocks_are_used);
    tcase_add_test(t, what_is_no_block_is_none_or_free);
    tcase_add_test(t, without_signs_nothing_is_taken_for_free_that_is_used);
    tcase_add_test(t, what_is_no_heap_teaches_nothing);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
