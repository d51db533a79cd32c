/* detect/lock_name: what findings call locks, and where they say that one was taken. */
#include "detect/lock_name.h"
#include "record/name.h"
#include "record/stack.h"
#include "tests/unit/suite.h"

static struct arena scratch;

static void begin(void)
{
    ck_assert_int_eq(csan__stack_init(64), 0);
}

START_TEST(each_kind_has_the_noun_that_programs_use)
{
    static const char *const nouns[] = {
        [SYNC_NONE] = "object",       [SYNC_MUTEX] = "mutex",       [SYNC_READ] = "rwlock",
        [SYNC_WRITE] = "rwlock",      [SYNC_SPIN] = "spin lock",    [SYNC_COND] = "condition",
        [SYNC_BARRIER] = "barrier",   [SYNC_ONCE] = "pthread_once", [SYNC_SEMAPHORE] = "semaphore",
        [SYNC_JOIN] = "thread's end", [SYNC_FUTEX] = "futex word",  [SYNC_IO] = "descriptor",
        [SYNC_SLEEP] = "object",      [SYNC_PROCESS] = "object",    [SYNC_KINDS] = "object"};
    ck_assert_uint_eq(CSAN_COUNT(nouns), SYNC_KINDS + 1);
    ck_assert_str_eq(csan__lock_noun((enum sync_kind)_i), nouns[_i]);
}
END_TEST

static const char *named(uintptr_t object)
{
    static char buf[80];
    struct text t = TEXT(buf);
    csan__lock_name(&t, SYNC_SPIN, object);
    return buf;
}

START_TEST(a_lock_is_told_by_its_name_or_its_address)
{
    ck_assert_str_eq(named(0x5601a0c04040), "spin lock 0x5601a0c04040");
    ck_assert(csan__name_set(0x5601a0c04040, "rows"));
    ck_assert_str_eq(named(0x5601a0c04040), "spin lock `rows`");
    ck_assert_str_eq(named(0x5601a0c04048), "spin lock 0x5601a0c04048");
}
END_TEST

START_TEST(where_a_lock_was_taken_is_its_stack_or_its_one_frame)
{
    uintptr_t pcs[2] = {0x1000, 0x2000};
    uint32_t whole = csan__stack_keep(pcs, 2, false);
    ck_assert_uint_eq(csan__lock_stack(&(struct held){.object = 8, .stack = whole, .pc = 5}),
                      whole);
    uint32_t one = csan__lock_stack(&(struct held){.object = 8, .pc = 0x3000});
    struct stack_view frames;
    ck_assert(csan__stack_get(one, &frames));
    ck_assert_uint_eq(frames.depth, 1);
    ck_assert_uint_eq(frames.pcs[0], 0x3000);
    ck_assert_uint_eq(csan__lock_stack(&(struct held){.object = 8}), 0);
    ck_assert_uint_eq(csan__lock_stack(&(struct held){.stack = whole, .pc = 0x3000}), 0);
}
END_TEST

START_TEST(a_party_is_added_while_there_is_room)
{
    struct finding f = {.nparties = 0};
    char label[] = "held";
    for (unsigned i = 0; i < FINDING_PARTIES; i++)
        ck_assert_ptr_eq(csan__lock_party(&scratch, &f, label, i + 1), &f.parties[i]);
    label[0] = 'x'; /* the finding has a copy */
    ck_assert_ptr_null(csan__lock_party(&scratch, &f, label, 99));
    ck_assert_uint_eq(f.nparties, FINDING_PARTIES);
    ck_assert_str_eq(f.parties[FINDING_PARTIES - 1].label, "held");
    ck_assert_uint_eq(f.parties[FINDING_PARTIES - 1].stack, FINDING_PARTIES);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lock_name");
    TCase *c = tcase_create("lock_name");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_loop_test(c, each_kind_has_the_noun_that_programs_use, 0, SYNC_KINDS + 1);
    tcase_add_test(c, a_lock_is_told_by_its_name_or_its_address);
    tcase_add_test(c, where_a_lock_was_taken_is_its_stack_or_its_one_frame);
    tcase_add_test(c, a_party_is_added_while_there_is_room);
    suite_add_tcase(s, c);
    return suite_run(s);
}
