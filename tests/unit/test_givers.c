/* detect/givers: who ever gave what is waited for, and who holds it. */
#include "detect/givers.h"
#include "tests/unit/crowd_scene.h"

#include <stdio.h>

static struct finding told;

static void begin_to_tell(void)
{
    begin();
    csan__findings_init(&found, &scratch);
    told = (struct finding){.nparties = 0};
}

/* What is told of an object that is waited for in this way. */
static const char *told_of(uint32_t kind, uintptr_t object, uint64_t now_ns)
{
    struct crowd_group g = {.kind = kind, .object = object};
    told.nparties = 0;
    ck_assert_int_eq(csan__givers_tell_of(&g, now_ns, &told, &found), 0);
    return told.nparties ? told.parties[0].label : "";
}

static void gone(uintptr_t object, size_t bytes)
{
    struct sync_event e = {.kind = SYNC_EVENT_GONE, .object = object, .bytes = bytes};
    blocked->sync(&e);
}

#define ONCE "sem_post came 1 time, last from thread 4711"

/* As many as find their places next to the first: by the hash, which is any address's. */
START_TEST(objects_of_one_place_are_told_apart)
{
    uintptr_t same[4] = {0x200};
    unsigned n = 1;
    for (uintptr_t o = 0x210; n < CSAN_COUNT(same); o += 16)
        if ((o * 0x9e3779b97f4a7c15u >> 40) % 4096 == (same[0] * 0x9e3779b97f4a7c15u >> 40) % 4096)
            same[n++] = o;
    for (unsigned i = 0; i < n; i++)
        for (unsigned k = 0; k <= i; k++)
            posted(same[i], stack_no(i));
    for (unsigned i = 0; i < n; i++) {
        ck_assert(csan__givers_of(same[i]).given);
        ck_assert_uint_eq(csan__givers_of(same[i]).sites[0].times, i + 1);
    }
}
END_TEST

/* A cond of no known size goes alone. */
START_TEST(only_what_lay_in_the_memory_that_went_is_forgotten)
{
    static const struct {
        uintptr_t lo;
        size_t bytes;
        bool is_in;
    } all[] = {{0x1f0, 0x10, false}, {0x201, 0x10, false}, {0x1f0, 0x11, true},
               {0x200, 1, true},     {0x200, 0, true},     {0x1ff, 0, false}};
    posted(0x200, stack_no(1));
    gone(all[_i].lo, all[_i].bytes);
    ck_assert_int_eq(csan__givers_of(0x200).given, !all[_i].is_in);
}
END_TEST

START_TEST(only_its_end_makes_an_object_forgotten)
{
    struct sync_event e = {.kind = SYNC_EVENT_GAVE, .object = 0x200, .bytes = 0x20};
    posted(0x200, stack_no(1));
    csan__givers_hear(&e);
    ck_assert(csan__givers_of(0x200).given);
}
END_TEST

START_TEST(what_is_made_anew_has_room_for_givers_of_its_own)
{
    for (unsigned i = 1; i <= GIVER_SITES; i++)
        posted(0x200, stack_no(i));
    gone(0x200, 32);
    posted(0x200, stack_no(9));
    ck_assert_str_eq(told_of(SYNC_SEMAPHORE, 0x200, 0), ONCE);
    ck_assert_uint_eq(told.nparties, 1);
    ck_assert_uint_eq(told.parties[0].stack, stack_no(9));
}
END_TEST

START_TEST(more_places_than_there_is_room_for_change_nothing)
{
    for (unsigned i = 1; i <= GIVER_SITES + 2; i++)
        posted(0x200, stack_no(i));
    told_of(SYNC_SEMAPHORE, 0x200, 0);
    ck_assert_uint_eq(told.nparties, GIVER_SITES);
    ck_assert_uint_eq(told.parties[GIVER_SITES - 1].stack, stack_no(GIVER_SITES));
}
END_TEST

START_TEST(who_gave_is_told_with_how_long_ago)
{
    uint64_t before = csan__os_now_ns();
    posted(0x200, stack_no(1));
    uint64_t last = csan__givers_of(0x200).last_ns;
    ck_assert_uint_ge(last, before);
    ck_assert_uint_le(last, csan__os_now_ns());
    ck_assert_str_eq(told_of(SYNC_SEMAPHORE, 0x200, last), ONCE);
    ck_assert_str_eq(told_of(SYNC_SEMAPHORE, 0x200, last + 3 * MS), ONCE ", 3 ms ago");
    posted(0x200, stack_no(2));
    last = csan__givers_of(0x200).last_ns;
    ck_assert_str_eq(told_of(SYNC_SEMAPHORE, 0x200, last + 3 * MS),
                     ONCE "; the last of all 3 ms ago");
    ck_assert_str_eq(told.parties[1].label, ONCE);
}
END_TEST

START_TEST(that_nobody_gave_is_told_of_what_is_only_given)
{
    for (uint32_t kind = SYNC_NONE + 1; kind < SYNC_KINDS; kind++)
        ck_assert_str_eq(told_of(kind, 0x200, 0), kind == SYNC_COND ? "nobody has ever signalled it"
                                                  : kind == SYNC_SEMAPHORE
                                                      ? "nobody has ever posted it"
                                                      : "");
}
END_TEST

/* Its time is known, is not, or lies ahead of the clock that the picture was taken by. */
START_TEST(who_holds_what_is_waited_for_is_told_with_where_it_took_it)
{
    static const char *const ago[] = {" 3 ms ago", "", ""};
    struct taking as = {.stack = stack_no(5), .since_ns = _i == 1 ? 0 : 7 * MS};
    struct thread *t = csan__thread_get();
    struct regs at = REGS_OF_CALLER();
    char expected[80];
    csan__sync_took_as(t, 0x300, SYNC_MUTEX, &at, &as);
    posted(0x300, stack_no(1));
    snprintf(expected, sizeof expected, "held by thread %d, which took it%s", t->tid, ago[_i]);
    ck_assert_str_eq(told_of(SYNC_MUTEX, 0x300, _i == 2 ? 6 * MS : 10 * MS), expected);
    ck_assert_uint_eq(told.nparties, 1);
    ck_assert_uint_eq(told.parties[0].stack, stack_no(5));
}
END_TEST

START_TEST(a_finding_without_room_is_left_as_it_is)
{
    struct crowd_group g = {.kind = SYNC_SEMAPHORE, .object = 0x200};
    posted(0x200, stack_no(1));
    told.nparties = FINDING_PARTIES;
    told.parties[FINDING_PARTIES - 1].label = "the last";
    ck_assert_int_eq(csan__givers_tell_of(&g, 0, &told, &found), 0);
    ck_assert_uint_eq(told.nparties, FINDING_PARTIES);
    ck_assert_str_eq(told.parties[FINDING_PARTIES - 1].label, "the last");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("givers");
    TCase *c = tcase_create("givers");
    tcase_add_checked_fixture(c, begin_to_tell, NULL);
    tcase_add_test(c, objects_of_one_place_are_told_apart);
    tcase_add_loop_test(c, only_what_lay_in_the_memory_that_went_is_forgotten, 0, 6);
    tcase_add_test(c, only_its_end_makes_an_object_forgotten);
    tcase_add_test(c, what_is_made_anew_has_room_for_givers_of_its_own);
    tcase_add_test(c, more_places_than_there_is_room_for_change_nothing);
    tcase_add_test(c, who_gave_is_told_with_how_long_ago);
    tcase_add_test(c, that_nobody_gave_is_told_of_what_is_only_given);
    tcase_add_loop_test(c, who_holds_what_is_waited_for_is_told_with_where_it_took_it, 0, 3);
    tcase_add_test(c, a_finding_without_room_is_left_as_it_is);
    suite_add_tcase(s, c);
    return suite_run(s);
}
