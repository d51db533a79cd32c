/* detect/misuse: what the hooks tell becomes one finding per kind and place. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "record/block.h"
#include "record/stack.h"
#include "tests/unit/suite.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const struct detector *misuse = &csan__detector_misuse;
static struct thread self = {.tid = 1000};
static struct arena scratch;
static struct findings found;

static void begin(void)
{
    csan__stack_init(64);
    csan__options.lock_misuse = true;
}

static uint32_t stack_of(uintptr_t pc)
{
    return csan__stack_keep(&pc, 1, false);
}

static struct sync_event event(enum sync_misuse what, uintptr_t place)
{
    return (struct sync_event){.kind = SYNC_EVENT_MISUSE,
                               .misuse = what,
                               .thread = &self,
                               .object = 0x5000,
                               .lock_kind = SYNC_MUTEX,
                               .stack = place ? stack_of(place) : 0};
}

static void tell(enum sync_misuse what, uintptr_t place)
{
    struct sync_event e = event(what, place);
    misuse->sync(&e);
}

static uint32_t verdict_since(uint32_t since)
{
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(misuse->judge(since, NULL, &found), 0);
    for (const struct finding *f = found.first; f; f = f->next) {
        ck_assert_int_eq(f->kind, FINDING_LOCK_MISUSE);
        ck_assert_str_eq(f->option, "lock_misuse");
    }
    return found.count;
}

static uint32_t verdict(void)
{
    return verdict_since(0);
}

/* ------------------------------------------------------------------ sentences */

START_TEST(unlock_of_a_lock_that_another_holds_names_the_other)
{
    struct sync_event e = event(MISUSE_UNLOCK_NOT_HELD, 0x100);
    e.holder_tid = 1001;
    e.other = (struct held){.object = 0x5000, .pc = 0x200, .kind = SYNC_MUTEX};
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    const struct finding *f = found.first;
    ck_assert_str_eq(f->what, "unlock of mutex 0x5000 by a thread that does not hold it");
    ck_assert_uint_eq(f->stack, stack_of(0x100));
    ck_assert_uint_eq(f->nparties, 1);
    ck_assert_str_eq(f->parties[0].label, "held by thread 1001, which took it");
    ck_assert_uint_eq(f->parties[0].stack, stack_of(0x200));
    ck_assert_ptr_null(f->note);
}
END_TEST

START_TEST(unlock_of_a_lock_that_nobody_holds_says_so)
{
    tell(MISUSE_UNLOCK_NOT_HELD, 0x100);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_uint_eq(found.first->nparties, 0);
    ck_assert_str_eq(found.first->note, "no thread holds it");
}
END_TEST

START_TEST(destroy_by_its_holder_names_this_thread)
{
    struct sync_event e = event(MISUSE_DESTROY_HELD, 0x100);
    e.lock_kind = SYNC_WRITE;
    e.holder_tid = 1000;
    e.other = (struct held){.object = 0x5000, .stack = stack_of(0x300), .pc = 0x200};
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_str_eq(found.first->what, "destroy of rwlock 0x5000, which is held");
    ck_assert_str_eq(found.first->parties[0].label, "held by this thread, which took it");
    ck_assert_uint_eq(found.first->parties[0].stack, stack_of(0x300));
}
END_TEST

START_TEST(second_lock_shows_the_first)
{
    struct sync_event e = event(MISUSE_RELOCK, 0x100);
    e.holder_tid = 1000;
    e.other = (struct held){.object = 0x5000, .pc = 0x200};
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_str_eq(found.first->what, "second lock of mutex 0x5000 by the thread that holds it");
    ck_assert_str_eq(found.first->parties[0].label, "first taken");
}
END_TEST

START_TEST(held_at_an_end_is_placed_where_it_was_taken)
{
    struct sync_event e = event(MISUSE_EXIT_HOLDING, 0x100);
    e.holder_tid = 1000;
    e.other = (struct held){.object = 0x5000, .pc = 0x200};
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    const struct finding *f = found.first;
    ck_assert_str_eq(f->what, "mutex 0x5000 taken here is still held when its thread ends");
    ck_assert_uint_eq(f->stack, stack_of(0x200));
    ck_assert_str_eq(f->parties[0].label, "ended");
    ck_assert_uint_eq(f->parties[0].stack, stack_of(0x100));
}
END_TEST

START_TEST(freed_while_held_names_the_holder)
{
    struct sync_event e = event(MISUSE_FREE_HELD, 0x100);
    e.holder_tid = 1001;
    e.other = (struct held){.object = 0x5000, .pc = 0x200};
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_str_eq(found.first->what, "memory of mutex 0x5000 freed while it is held");
    ck_assert_str_eq(found.first->parties[0].label, "held by thread 1001, which took it");
}
END_TEST

/* Of the holder all is known, its stack alone, its number alone, or nothing. */
START_TEST(what_is_known_of_the_holder_is_told)
{
    static const char *const labels[] = {"held by thread 1001, which took it",
                                         "held by the thread which took it",
                                         "held by thread 1001, which took it", NULL};
    struct sync_event e = event(MISUSE_UNLOCK_NOT_HELD, 0x100);
    e.holder_tid = _i % 2 == 0 ? 1001 : 0;
    e.other = (struct held){.object = 0x5000, .pc = _i < 2 ? 0x200 : 0};
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    const struct finding *f = found.first;
    ck_assert_uint_eq(f->nparties, labels[_i] != NULL);
    if (labels[_i])
        ck_assert_str_eq(f->parties[0].label, labels[_i]);
    if (labels[_i])
        ck_assert_ptr_null(f->note);
    else
        ck_assert_str_eq(f->note, "no thread holds it");
}
END_TEST

START_TEST(only_an_unlock_needs_a_holder)
{
    tell(MISUSE_FREE_HELD, 0x100);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_ptr_null(found.first->note);
}
END_TEST

START_TEST(held_at_an_end_and_nobody_knows_where_it_was_taken)
{
    struct sync_event e = event(MISUSE_EXIT_HOLDING, 0x100);
    e.holder_tid = 1000;
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_uint_eq(found.first->stack, stack_of(0x100));
    ck_assert_uint_eq(found.first->nparties, 0);
}
END_TEST

/* ------------------------------------------------------------------ the process's end */

/* This thread ends the process, and holds that lock by its record. */
static uint32_t end_holding(enum sync_kind kind, void *lock)
{
    struct sync_event e = event(MISUSE_END_HOLDING, 0x100);
    e.object = (uintptr_t)lock;
    e.lock_kind = kind;
    e.holder_tid = csan__os_tid();
    e.other = (struct held){.object = (uintptr_t)lock, .kind = (uint8_t)kind, .pc = 0x200};
    misuse->sync(&e);
    return verdict();
}

static union {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
    pthread_spinlock_t spin;
} lock;

START_TEST(mutex_is_held_at_the_end_by_its_own_word)
{
    pthread_mutex_init(&lock.mutex, NULL);
    ck_assert_uint_eq(end_holding(SYNC_MUTEX, &lock), 0);
    pthread_mutex_lock(&lock.mutex);
    ck_assert_uint_eq(end_holding(SYNC_MUTEX, &lock), 1);
    const struct finding *f = found.first;
    ck_assert_ptr_nonnull(strstr(f->what, " taken here is still held when the process ends"));
    ck_assert_uint_eq(f->stack, stack_of(0x200));
    ck_assert_uint_eq(f->nparties, 1);
    ck_assert_str_eq(f->parties[0].label, "ended");
    ck_assert_uint_eq(f->parties[0].stack, stack_of(0x100));
}
END_TEST

START_TEST(spin_lock_is_held_at_the_end_by_its_own_word)
{
    pthread_spin_init(&lock.spin, 0);
    ck_assert_uint_eq(end_holding(SYNC_SPIN, &lock), 0);
    pthread_spin_lock(&lock.spin);
    ck_assert_uint_eq(end_holding(SYNC_SPIN, &lock), 1);
}
END_TEST

START_TEST(rwlock_is_held_to_write_by_its_own_word)
{
    pthread_rwlock_init(&lock.rwlock, NULL);
    ck_assert_uint_eq(end_holding(SYNC_WRITE, &lock), 0);
    pthread_rwlock_rdlock(&lock.rwlock);
    ck_assert_uint_eq(end_holding(SYNC_WRITE, &lock), 0);
    pthread_rwlock_unlock(&lock.rwlock);
    pthread_rwlock_wrlock(&lock.rwlock);
    ck_assert_uint_eq(end_holding(SYNC_WRITE, &lock), 1);
}
END_TEST

/* A writer leaves flags behind, below the number of readers. */
START_TEST(rwlock_is_held_to_read_by_its_own_word)
{
    pthread_rwlock_init(&lock.rwlock, NULL);
    pthread_rwlock_wrlock(&lock.rwlock);
    pthread_rwlock_unlock(&lock.rwlock);
    ck_assert_int_ne(lock.rwlock.__data.__readers, 0);
    ck_assert_uint_eq(end_holding(SYNC_READ, &lock), 0);
    pthread_rwlock_rdlock(&lock.rwlock);
    ck_assert_uint_eq(end_holding(SYNC_READ, &lock), 1);
}
END_TEST

START_TEST(lock_whose_memory_is_gone_is_held_by_nobody)
{
    void *page = csan__os_map(4096);
    ck_assert_ptr_nonnull(page);
    csan__os_unmap(page, 4096);
    ck_assert_uint_eq(end_holding(_i ? SYNC_SPIN : SYNC_MUTEX, page), 0);
}
END_TEST

/* ------------------------------------------------------------------ threads that have ended */

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;

static void take(pthread_mutex_t *m)
{
    struct regs at = REGS_OF_CALLER();
    pthread_mutex_lock(m);
    csan__sync_took(csan__thread_get(), (uintptr_t)m, SYNC_MUTEX, &at);
}

static void *lock_and_end(void *arg)
{
    struct thread *t = csan__thread_get();
    take(&left);
    if (arg) {
        csan__sync_gave(t, (uintptr_t)&left, NULL);
        pthread_mutex_unlock(&left);
    }
    return NULL;
}

/* Joined, it may still be on its way out of the kernel. */
static void run_as(void *(*body)(void *), void *arg)
{
    pthread_t id;
    csan__thread_get();
    ck_assert_int_eq(pthread_create(&id, NULL, body, arg), 0);
    ck_assert_int_eq(pthread_join(id, NULL), 0);
    for (struct thread *t = csan__thread_first(); t; t = t->next)
        while (t != csan__thread_self && t->tid && csan__os_tgkill(csan__os_pid(), t->tid, 0) == 0)
            csan__os_yield();
}

static void run_thread(void *arg)
{
    run_as(lock_and_end, arg);
}

START_TEST(an_ended_thread_that_holds_a_lock_is_found_once)
{
    run_thread(NULL);
    ck_assert_uint_eq(verdict(), 1);
    char what[96];
    snprintf(what, sizeof what, "mutex 0x%lx taken here is still held when its thread ends",
             (uintptr_t)&left);
    ck_assert_str_eq(found.first->what, what);
    ck_assert_uint_ne(found.first->stack, 0);
    misuse->reported(&found);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(told_again_by_the_next_thread_it_is_the_same)
{
    csan__sync_listen(misuse->sync, misuse->hears);
    run_thread(NULL);
    ck_assert_uint_eq(verdict(), 1);
    misuse->reported(&found);
    struct thread *ended = csan__thread_first();
    ck_assert_ptr_ne(ended, csan__thread_self);
    ended->tid = 999999; /* the next thread has the record */
    csan__sync_self(ended);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

static void *lock_robust_and_end(void *arg)
{
    struct regs at = REGS_OF_CALLER();
    struct taking as = {.flags = HELD_ROBUST};
    pthread_mutex_lock(&left);
    csan__sync_took_as(csan__thread_get(), (uintptr_t)&left, SYNC_MUTEX, &at, &as);
    return arg;
}

START_TEST(an_ended_thread_may_hold_a_robust_mutex)
{
    run_as(lock_robust_and_end, NULL);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

static void *lock_two_and_end(void *arg)
{
    take(&left);
    take(arg);
    return NULL;
}

START_TEST(each_lock_that_an_ended_thread_holds_counts)
{
    static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
    run_as(lock_two_and_end, &other);
    uint64_t sum = 0;
    verdict();
    for (const struct finding *f = found.first; f; f = f->next)
        sum += f->count;
    ck_assert_uint_eq(sum, 2);
}
END_TEST

START_TEST(the_next_thread_that_leaves_the_same_lock_counts_too)
{
    run_thread(NULL);
    ck_assert_uint_eq(verdict(), 1);
    misuse->reported(&found);
    pthread_mutex_init(&left, NULL);
    run_thread(NULL);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_uint_eq(found.first->count, 2);
}
END_TEST

START_TEST(who_runs_may_hold_locks)
{
    take(&left);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(an_ended_thread_that_gave_back_is_no_matter)
{
    run_thread(&left);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(what_another_thread_unlocked_is_no_matter)
{
    run_thread(NULL);
    pthread_mutex_unlock(&left);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

/* ------------------------------------------------------------------ places, verdicts */

START_TEST(the_same_at_one_place_is_one_finding_with_a_count)
{
    for (int i = 0; i < 32; i++)
        tell(MISUSE_UNLOCK_NOT_HELD, 0x100);
    tell(MISUSE_UNLOCK_NOT_HELD, 0x200);
    tell(MISUSE_DESTROY_HELD, 0x100);
    ck_assert_uint_eq(verdict(), 3);
    uint64_t sum = 0;
    for (const struct finding *f = found.first; f; f = f->next) {
        sum += f->count;
        if (f->count == 32)
            ck_assert_str_eq(f->what,
                             "unlock of mutex 0x5000 by a thread that does not hold it (32 times)");
    }
    ck_assert_uint_eq(sum, 34);
}
END_TEST

START_TEST(twice_is_said)
{
    tell(MISUSE_RELOCK, 0x100);
    tell(MISUSE_RELOCK, 0x100);
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_str_eq(found.first->what,
                     "second lock of mutex 0x5000 by the thread that holds it (2 times)");
}
END_TEST

START_TEST(without_a_stack_the_lock_is_the_place)
{
    tell(MISUSE_FREE_HELD, 0);
    struct sync_event e = event(MISUSE_FREE_HELD, 0);
    e.object = 0x6000;
    misuse->sync(&e);
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 2);
}
END_TEST

START_TEST(a_second_verdict_has_only_what_is_new)
{
    tell(MISUSE_RELOCK, 0x100);
    ck_assert_uint_eq(verdict(), 1);
    misuse->reported(&found);
    ck_assert_uint_eq(verdict(), 0);
    tell(MISUSE_RELOCK, 0x100);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(what_was_before_the_mark_is_not_judged)
{
    tell(MISUSE_RELOCK, 0x100);
    uint32_t since = csan__block_new_epoch();
    ck_assert_uint_eq(verdict_since(since), 0);
    tell(MISUSE_RELOCK, 0x200);
    ck_assert_uint_eq(verdict_since(since), 1);
    tell(MISUSE_RELOCK, 0x100); /* the same once more, since the mark */
    ck_assert_uint_eq(verdict_since(since), 2);
}
END_TEST

START_TEST(findings_of_others_are_left_alone)
{
    char theirs[512] = {0}, before[512] = {0};
    csan__findings_init(&found, &scratch);
    struct finding *f = csan__findings_add(&found, FINDING_WAIT);
    f->source = theirs;
    f->count = UINT64_MAX;
    misuse->reported(&found);
    ck_assert_mem_eq(theirs, before, sizeof theirs);
}
END_TEST

START_TEST(switched_off_it_hears_nothing)
{
    csan__options.lock_misuse = false;
    tell(MISUSE_RELOCK, 0x100);
    csan__options.lock_misuse = true;
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(switched_off_it_tells_nothing)
{
    tell(MISUSE_RELOCK, 0x100);
    csan__options.lock_misuse = false;
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(other_events_are_not_for_it)
{
    ck_assert_uint_eq(misuse->hears, SYNC_HEARS(MISUSE));
}
END_TEST

START_TEST(a_child_begins_anew)
{
    tell(MISUSE_RELOCK, 0x100);
    misuse->forked();
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(a_child_knows_no_leftovers_of_its_parent)
{
    struct sync_event e = event(MISUSE_EXIT_HOLDING, 0x100);
    e.holder_tid = 1000;
    misuse->sync(&e);
    misuse->forked();
    misuse->sync(&e);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misuse");
    TCase *t = tcase_create("misuse");
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_add_test(t, unlock_of_a_lock_that_another_holds_names_the_other);
    tcase_add_test(t, unlock_of_a_lock_that_nobody_holds_says_so);
    tcase_add_test(t, destroy_by_its_holder_names_this_thread);
    tcase_add_test(t, second_lock_shows_the_first);
    tcase_add_test(t, held_at_an_end_is_placed_where_it_was_taken);
    tcase_add_test(t, freed_while_held_names_the_holder);
    tcase_add_loop_test(t, what_is_known_of_the_holder_is_told, 0, 4);
    tcase_add_test(t, only_an_unlock_needs_a_holder);
    tcase_add_test(t, held_at_an_end_and_nobody_knows_where_it_was_taken);
    tcase_add_test(t, mutex_is_held_at_the_end_by_its_own_word);
    tcase_add_test(t, spin_lock_is_held_at_the_end_by_its_own_word);
    tcase_add_test(t, rwlock_is_held_to_write_by_its_own_word);
    tcase_add_test(t, rwlock_is_held_to_read_by_its_own_word);
    tcase_add_loop_test(t, lock_whose_memory_is_gone_is_held_by_nobody, 0, 2);
    tcase_add_test(t, each_lock_that_an_ended_thread_holds_counts);
    tcase_add_test(t, the_next_thread_that_leaves_the_same_lock_counts_too);
    tcase_add_test(t, an_ended_thread_may_hold_a_robust_mutex);
    tcase_add_test(t, who_runs_may_hold_locks);
    tcase_add_test(t, an_ended_thread_that_holds_a_lock_is_found_once);
    tcase_add_test(t, told_again_by_the_next_thread_it_is_the_same);
    tcase_add_test(t, an_ended_thread_that_gave_back_is_no_matter);
    tcase_add_test(t, what_another_thread_unlocked_is_no_matter);
    tcase_add_test(t, the_same_at_one_place_is_one_finding_with_a_count);
    tcase_add_test(t, twice_is_said);
    tcase_add_test(t, without_a_stack_the_lock_is_the_place);
    tcase_add_test(t, a_second_verdict_has_only_what_is_new);
    tcase_add_test(t, what_was_before_the_mark_is_not_judged);
    tcase_add_test(t, findings_of_others_are_left_alone);
    tcase_add_test(t, switched_off_it_hears_nothing);
    tcase_add_test(t, switched_off_it_tells_nothing);
    tcase_add_test(t, other_events_are_not_for_it);
    tcase_add_test(t, a_child_begins_anew);
    tcase_add_test(t, a_child_knows_no_leftovers_of_its_parent);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
