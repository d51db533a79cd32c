/* base/os: whose memory is whose, and mappings that fail when a test says so. */
#include "base/arena.h"
#include "base/os.h"
#include "tests/unit/suite.h"

#include <string.h>
#include <sys/mman.h>

START_TEST(what_was_mapped_is_csan_s_and_what_was_not_is_not)
{
    char *p = csan__os_map(2 * CSAN_PAGE);
    void *other = mmap(NULL, CSAN_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(csan__os_owns(p) && csan__os_owns(p + 2 * CSAN_PAGE - 1));
    ck_assert(!csan__os_owns(other) && !csan__os_owns(&p) && !csan__os_owns(NULL));
    csan__os_unmap(p, 2 * CSAN_PAGE);
}
END_TEST

/* What follows `p` is taken, so that the next mappings lie elsewhere. */
static void take_what_follows(char *p)
{
    size_t bytes = (size_t)1 << 32;
    void *taken = mmap(p + CSAN_PAGE, bytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    ck_assert_ptr_ne(taken, MAP_FAILED);
}

START_TEST(a_mapping_that_the_kernel_put_elsewhere_is_csan_s_until_it_is_unmapped)
{
    take_what_follows(csan__os_map(CSAN_PAGE));
    for (int i = 0; i < 1000; i++) { /* more than there are places for at once */
        char *p = csan__os_map(CSAN_PAGE);
        ck_assert_ptr_nonnull(p);
        ck_assert(csan__os_owns(p) && csan__os_owns(p + CSAN_PAGE - 1));
        csan__os_unmap(p, CSAN_PAGE);
        void *again =
            mmap(p, CSAN_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        ck_assert_ptr_eq(again, p);
        ck_assert(!csan__os_owns(again));
        munmap(again, CSAN_PAGE);
    }
}
END_TEST

START_TEST(the_nth_mapping_fails_once)
{
    csan__os_fail_nth(2);
    void *first = csan__os_map(CSAN_PAGE), *second = csan__os_map(CSAN_PAGE);
    void *third = csan__os_map_shared(CSAN_PAGE);
    ck_assert(first && !second && third);
    csan__os_fail_nth(1);
    ck_assert_ptr_null(csan__os_map_shared(CSAN_PAGE));
    csan__os_fail_nth(1);
    csan__os_fail_nth(0);
    ck_assert_ptr_nonnull(csan__os_map(CSAN_PAGE));
}
END_TEST

START_TEST(an_arena_that_could_not_grow_grows_later)
{
    struct arena a = {.chunks = NULL};
    csan__os_fail_nth(1);
    ck_assert_ptr_null(csan__arena_scratch_alloc(&a, 16));
    char *p = csan__arena_scratch_alloc(&a, 16);
    ck_assert_ptr_nonnull(p);
    csan__os_fail_nth(1);
    ck_assert_ptr_null(csan__arena_scratch_alloc(&a, (size_t)1 << 21));
    ck_assert_ptr_eq(csan__arena_scratch_alloc(&a, 16), p + 16);
    csan__arena_scratch_free(&a);
}
END_TEST

START_TEST(a_file_that_there_is_no_memory_for_is_an_error)
{
    char *text = NULL;
    size_t bytes = 0, map_bytes = 0;
    csan__os_fail_nth(1);
    ck_assert_int_lt(csan__os_slurp("/proc/self/maps", &text, &bytes, &map_bytes), 0);
    ck_assert_int_eq(csan__os_slurp("/proc/self/maps", &text, &bytes, &map_bytes), 0);
    ck_assert_uint_eq(strlen(text), bytes);
    csan__os_unmap(text, map_bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("os");
    TCase *t = tcase_create("os");
    tcase_add_test(t, what_was_mapped_is_csan_s_and_what_was_not_is_not);
    tcase_add_test(t, a_mapping_that_the_kernel_put_elsewhere_is_csan_s_until_it_is_unmapped);
    tcase_add_test(t, the_nth_mapping_fails_once);
    tcase_add_test(t, an_arena_that_could_not_grow_grows_later);
    tcase_add_test(t, a_file_that_there_is_no_memory_for_is_an_error);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
