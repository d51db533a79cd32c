/* Who holds what and who waits for what: record/sync.c by itself, without a hook. */
#include "base/os.h"
#include "record/stack.h"
#include "record/sync.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct sync_event heard[64];
static uint32_t nheard;

static void hear(const struct sync_event *e)
{
    if (nheard < CSAN_COUNT(heard))
        heard[nheard++] = *e;
}

static uint32_t count(enum sync_event_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < nheard; i++)
        n += heard[i].kind == kind;
    return n;
}

static struct thread *self;

static void begin(void)
{
    csan__stack_init(16);
    self = csan__thread_get();
    ck_assert_ptr_nonnull(self);
    nheard = 0;
    csan__sync_listen(hear, UINT32_MAX);
    csan__sync_listen(hear, UINT32_MAX); /* once is enough */
}

static __attribute__((noinline)) struct regs here(void)
{
    return REGS_OF_CALLER();
}

static uint32_t snapshot(struct sync *out, struct held *room, uint32_t max)
{
    ck_assert(csan__sync_snapshot(self, out, room, max));
    return out->nheld;
}

START_TEST(what_is_taken_is_held_until_it_is_given_back)
{
    struct regs at = here();
    struct held room[4], was;
    struct sync s;
    int a, b;
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    csan__sync_took(self, (uintptr_t)&b, SYNC_WRITE, &at);
    ck_assert_uint_eq(snapshot(&s, room, 4), 2);
    ck_assert_uint_eq(room[0].object, (uintptr_t)&a);
    ck_assert_uint_eq(room[0].pc, at.pc);
    ck_assert_uint_ne(room[0].stack, 0); /* young */
    ck_assert_uint_eq(room[1].kind, SYNC_WRITE);
    ck_assert_uint_ne(room[1].stack, 0); /* inside another */
    ck_assert_uint_eq(count(SYNC_EVENT_TOOK_INSIDE), 1);
    ck_assert(csan__sync_gave(self, (uintptr_t)&a, &was));
    ck_assert_uint_eq(was.object, (uintptr_t)&a);
    ck_assert_uint_eq(snapshot(&s, room, 4), 1);
    ck_assert_uint_eq(room[0].object, (uintptr_t)&b);
    ck_assert(!csan__sync_gave(self, (uintptr_t)&a, NULL));
    ck_assert(csan__sync_gave(self, (uintptr_t)&b, NULL));
    ck_assert_uint_eq(snapshot(&s, room, 4), 0);
}
END_TEST

/* So often that its takings are no longer looked at closely. */
static uintptr_t grown_up(int *a, const struct regs *at)
{
    struct held room[1];
    struct sync s;
    for (int i = 0; i < 16; i++) {
        ck_assert(!csan__sync_is_quick(self, (uintptr_t)a));
        csan__sync_took(self, (uintptr_t)a, SYNC_MUTEX, at);
        ck_assert_uint_eq(snapshot(&s, room, 1), 1);
        ck_assert((room[0].stack != 0) == (i < 15));
        ck_assert(csan__sync_gave(self, (uintptr_t)a, NULL));
    }
    return (uintptr_t)a;
}

START_TEST(where_a_lock_is_taken_at_first_is_known_as_a_whole)
{
    struct regs at = here();
    int a, b;
    ck_assert_uint_eq(csan__sync_taken(grown_up(&a, &at)), 16);
    ck_assert(csan__sync_is_quick(self, (uintptr_t)&a));
    csan__sync_gone(self, (uintptr_t)&a, sizeof a, "free");
    grown_up(&a, &at);
    grown_up(&b, &at);
}
END_TEST

START_TEST(quick_way_and_slow_way_say_the_same)
{
    struct regs at = here();
    struct held slow[1], quick[1];
    struct sync s;
    int a;
    grown_up(&a, &at);
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    snapshot(&s, slow, 1);
    ck_assert(csan__sync_gave_quick(self, (uintptr_t)&a));
    ck_assert(csan__sync_is_quick(self, (uintptr_t)&a));
    csan__sync_took_quick(self, (uintptr_t)&a, SYNC_MUTEX, &at, 0);
    ck_assert_uint_eq(snapshot(&s, quick, 1), 1);
    ck_assert_mem_eq(slow, quick, sizeof slow);
    ck_assert(!csan__sync_is_quick(self, (uintptr_t)&a)); /* something is held */
    ck_assert(!csan__sync_gave_quick(self, (uintptr_t)&at));
    ck_assert(csan__sync_gave(self, (uintptr_t)&a, NULL));
}
END_TEST

START_TEST(trylock_inside_another_is_not_told)
{
    struct regs at = here();
    struct taking tried = {.flags = HELD_TRIED};
    int a, b;
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    csan__sync_took_as(self, (uintptr_t)&b, SYNC_MUTEX, &at, &tried);
    ck_assert_uint_eq(count(SYNC_EVENT_TOOK_INSIDE), 0);
    csan__sync_gave(self, (uintptr_t)&b, NULL);
    csan__sync_gave(self, (uintptr_t)&a, NULL);
}
END_TEST

START_TEST(recursive_lock_is_held_as_often_as_it_was_taken)
{
    struct regs at = here();
    struct held room[4];
    struct sync s;
    int a;
    for (int i = 0; i < 3; i++)
        csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    ck_assert_uint_eq(snapshot(&s, room, 4), 1);
    ck_assert_uint_eq(room[0].depth, 3);
    ck_assert_uint_eq(count(SYNC_EVENT_TOOK_INSIDE), 0);
    for (int i = 0; i < 3; i++)
        ck_assert(csan__sync_gave(self, (uintptr_t)&a, NULL));
    ck_assert_uint_eq(snapshot(&s, room, 4), 0);
}
END_TEST

START_TEST(thousands_of_locks_are_held)
{
    enum { MANY = 3000 };
    struct regs at = here();
    static char locks[MANY];
    static struct held room[MANY];
    struct sync s;
    for (int i = 0; i < MANY; i++)
        csan__sync_took(self, (uintptr_t)&locks[i], SYNC_MUTEX, &at);
    ck_assert_uint_eq(snapshot(&s, room, MANY), MANY);
    ck_assert_uint_eq(room[MANY - 1].object, (uintptr_t)&locks[MANY - 1]);
    ck_assert_uint_eq(snapshot(&s, room, 5), 5);
    for (int i = 0; i < MANY; i++)
        ck_assert(csan__sync_gave(self, (uintptr_t)&locks[i], NULL));
}
END_TEST

START_TEST(wait_is_there_from_its_begin_to_its_end)
{
    struct regs at = here();
    struct held room[1];
    struct sync s;
    int a;
    ck_assert(csan__sync_wait_begin(self, SYNC_MUTEX, (uintptr_t)&a, "lock", false, &at));
    snapshot(&s, room, 1);
    ck_assert_uint_eq(s.wait.kind, SYNC_MUTEX);
    ck_assert_uint_eq(s.wait.object, (uintptr_t)&a);
    ck_assert_uint_ne(s.wait.stack, 0);
    ck_assert_uint_ne(s.wait.since_ns, 0);
    ck_assert_uint_eq(s.wait.sp, at.sp);
    ck_assert_uint_eq(s.wait.pc, at.pc);
    ck_assert_uint_eq(count(SYNC_EVENT_WAIT_BEGINS), 1);
    csan__sync_wait_end(self, true);
    snapshot(&s, room, 1);
    ck_assert_uint_eq(s.wait.kind, SYNC_NONE);
    ck_assert_uint_eq(count(SYNC_EVENT_WAIT_ENDED), 1);
    ck_assert(heard[nheard - 1].got_it);
    csan__sync_wait_end(self, true);
    ck_assert_uint_eq(count(SYNC_EVENT_WAIT_ENDED), 1);
}
END_TEST

START_TEST(io_is_recorded_and_not_told)
{
    struct regs at = here();
    ck_assert(csan__sync_wait_begin(self, SYNC_IO, 3, "read", false, &at));
    csan__sync_wait_end(self, true);
    ck_assert_uint_eq(nheard, 0);
}
END_TEST

/* A signal handler sleeps within the sleep that it interrupted: its frames lie below. */
START_TEST(sleep_within_a_sleep_is_the_outer_one)
{
    struct regs at = here(), below = at;
    struct held room[1];
    struct sync s;
    below.sp -= 512;
    ck_assert(csan__sync_wait_begin(self, SYNC_IO, 3, "read", false, &at));
    ck_assert(!csan__sync_wait_begin(self, SYNC_SLEEP, 0, "sleep", false, &below));
    snapshot(&s, room, 1);
    ck_assert_uint_eq(s.wait.kind, SYNC_IO);
    csan__sync_wait_end(self, true);
}
END_TEST

START_TEST(sleep_left_by_siglongjmp_is_forgotten)
{
    struct regs at = here();
    struct held room[2];
    struct sync s;
    int a;
    ck_assert(csan__sync_wait_begin(self, SYNC_IO, 3, "read", false, &at));
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    snapshot(&s, room, 2);
    ck_assert_uint_eq(s.wait.kind, SYNC_NONE);
    ck_assert(csan__sync_wait_begin(self, SYNC_SLEEP, 0, "sleep", false, &at));
    csan__sync_wait_end(self, true);
    csan__sync_gave(self, (uintptr_t)&a, NULL);
}
END_TEST

START_TEST(lock_that_was_fought_over_has_stacks_for_a_while)
{
    struct regs at = here();
    struct held room[1];
    struct sync s;
    int a, with_stack = 0;
    csan__sync_wait_begin(self, SYNC_MUTEX, (uintptr_t)&a, "lock", false, &at);
    csan__sync_wait_end(self, true);
    for (int i = 0; i < 100; i++) {
        struct taking as = csan__sync_taking(self, (uintptr_t)&a, &at);
        csan__sync_took_as(self, (uintptr_t)&a, SYNC_MUTEX, &at, &as);
        snapshot(&s, room, 1);
        with_stack += room[0].stack != 0 && room[0].since_ns != 0;
        csan__sync_gave(self, (uintptr_t)&a, NULL);
    }
    ck_assert_int_ge(with_stack, 1);
    ck_assert_int_lt(with_stack, 50);
    ck_assert(csan__sync_is_quick(self, (uintptr_t)&a));
}
END_TEST

START_TEST(hold_times_are_told_while_they_are_wanted)
{
    struct regs at = here();
    int a;
    csan__sync_want_hold(true);
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    ck_assert(!csan__sync_gave_quick(self, (uintptr_t)&a));
    csan__sync_gave(self, (uintptr_t)&a, NULL);
    ck_assert_uint_eq(count(SYNC_EVENT_GAVE), 1);
    csan__sync_want_hold(false);
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    csan__sync_gave(self, (uintptr_t)&a, NULL);
    ck_assert_uint_eq(count(SYNC_EVENT_GAVE), 1);
}
END_TEST

START_TEST(memory_of_a_held_lock_is_told_when_it_is_freed)
{
    struct regs at = here();
    static uint32_t block[64] __attribute__((aligned(256)));
    static uint32_t other[64] __attribute__((aligned(256)));
    block[5] = 1; /* locked, as libc's word says it */
    csan__sync_took(self, (uintptr_t)&block[5], SYNC_MUTEX, &at);
    ck_assert(csan__sync_may_hold((uintptr_t)block, sizeof block));
    ck_assert(!csan__sync_may_hold((uintptr_t)other, sizeof other));
    csan__sync_freed(self, (uintptr_t)block, sizeof block, &at);
    ck_assert_uint_eq(count(SYNC_EVENT_MISUSE), 1);
    ck_assert_int_eq(heard[0].misuse, MISUSE_FREE_HELD);
    ck_assert_uint_eq(heard[0].other.object, (uintptr_t)&block[5]);
    ck_assert_uint_eq(count(SYNC_EVENT_GONE), 1);
    ck_assert(!csan__sync_gave(self, (uintptr_t)&block[5], NULL));
    csan__sync_freed(self, (uintptr_t)other, sizeof other, &at);
    ck_assert_uint_eq(nheard, 2);
}
END_TEST

START_TEST(memory_of_a_lock_given_back_is_freed_in_peace)
{
    struct regs at = here();
    static uint32_t block[64];
    csan__sync_took(self, (uintptr_t)&block[5], SYNC_MUTEX, &at);
    csan__sync_gave(self, (uintptr_t)&block[5], NULL);
    csan__sync_freed(self, (uintptr_t)block, sizeof block, &at);
    ck_assert_uint_eq(count(SYNC_EVENT_MISUSE), 0);
    ck_assert_uint_eq(count(SYNC_EVENT_GONE), 1);
}
END_TEST

START_TEST(lock_that_another_gave_back_is_nobodys)
{
    struct regs at = here();
    struct held room[4], h;
    struct sync s;
    int a, tid = 0;
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    ck_assert(csan__sync_holder((uintptr_t)&a, &tid, &h));
    ck_assert_int_eq(tid, self->tid);
    csan__sync_disown(self->tid, (uintptr_t)&a);
    ck_assert_uint_eq(snapshot(&s, room, 4), 0);
    tid = 0;
    ck_assert(!csan__sync_holder((uintptr_t)&a, &tid, &h));
    ck_assert(!csan__sync_gave(self, (uintptr_t)&a, NULL));
    csan__sync_took(self, (uintptr_t)&a, SYNC_MUTEX, &at);
    ck_assert_uint_eq(snapshot(&s, room, 4), 1);
    ck_assert(csan__sync_gave(self, (uintptr_t)&a, NULL));
}
END_TEST

static int robust, plain;

static void *end_holding(void *unused)
{
    struct thread *t = csan__thread_get();
    struct regs at = here();
    struct taking as = {.flags = HELD_ROBUST};
    csan__sync_took_as(t, (uintptr_t)&robust, SYNC_MUTEX, &at, &as);
    csan__sync_took(t, (uintptr_t)&plain, SYNC_MUTEX, &at);
    t->tid = 0; /* as a sweep would find it */
    return unused;
}

static void *use_again(void *unused)
{
    csan__sync_self(csan__thread_get());
    return unused;
}

START_TEST(thread_that_ended_with_a_lock_is_told_of_its_successor)
{
    pthread_t id;
    pthread_create(&id, NULL, end_holding, NULL);
    pthread_join(id, NULL);
    nheard = 0;
    pthread_create(&id, NULL, use_again, NULL);
    pthread_join(id, NULL);
    ck_assert_uint_eq(nheard, 1);
    ck_assert_int_eq(heard[0].misuse, MISUSE_EXIT_HOLDING);
    ck_assert_uint_eq(heard[0].object, (uintptr_t)&plain);
}
END_TEST

static volatile bool stop;
static char one, two;

static void *take_two(void *unused)
{
    struct thread *t = csan__thread_get();
    struct regs at = here();
    while (!stop) {
        csan__sync_took(t, (uintptr_t)&one, SYNC_MUTEX, &at);
        csan__sync_took(t, (uintptr_t)&two, SYNC_MUTEX, &at);
        csan__sync_gave(t, (uintptr_t)&one, NULL);
        csan__sync_gave(t, (uintptr_t)&two, NULL);
    }
    return unused;
}

/* {}, {one}, {one, two}, {two}: nothing else may ever be seen. */
START_TEST(snapshots_are_never_torn)
{
    pthread_t id;
    struct held room[4];
    struct sync s;
    stop = false;
    pthread_create(&id, NULL, take_two, NULL);
    for (int seen = 0; seen < 200000; seen++) {
        for (struct thread *t = csan__thread_first(); t; t = t->next) {
            if (t == self || !csan__sync_snapshot(t, &s, room, 4))
                continue;
            ck_assert_uint_le(s.nheld, 2);
            if (s.nheld == 2)
                ck_assert(room[0].object == (uintptr_t)&one && room[1].object == (uintptr_t)&two);
        }
    }
    stop = true;
    pthread_join(id, NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_is_taken_is_held_until_it_is_given_back,
        where_a_lock_is_taken_at_first_is_known_as_a_whole,
        quick_way_and_slow_way_say_the_same,
        trylock_inside_another_is_not_told,
        recursive_lock_is_held_as_often_as_it_was_taken,
        thousands_of_locks_are_held,
        wait_is_there_from_its_begin_to_its_end,
        io_is_recorded_and_not_told,
        sleep_within_a_sleep_is_the_outer_one,
        sleep_left_by_siglongjmp_is_forgotten,
        lock_that_was_fought_over_has_stacks_for_a_while,
        hold_times_are_told_while_they_are_wanted,
        memory_of_a_held_lock_is_told_when_it_is_freed,
        memory_of_a_lock_given_back_is_freed_in_peace,
        lock_that_another_gave_back_is_nobodys,
        thread_that_ended_with_a_lock_is_told_of_its_successor,
        snapshots_are_never_torn,
    };
    Suite *suite = suite_create("sync");
    TCase *cases = tcase_create("sync");
    tcase_add_checked_fixture(cases, begin, NULL);
    for (size_t i = 0; i < CSAN_COUNT(tests); i++)
        tcase_add_test(cases, tests[i]);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
