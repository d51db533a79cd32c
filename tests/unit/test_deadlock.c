/* detect/deadlock, detect/waits_for: real threads on real locks, told of by hand as the hooks do.
 *
 * Threads that are in a deadlock stay in it: each test is a process of its own. A test waits until
 * the kernel says that they sleep, and then ticks with a clock of its own. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "record/stack.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct detector *deadlock = &csan__detector_deadlock;
static struct arena scratch;
static struct findings found;
static pthread_mutex_t mutex[16];
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static pthread_barrier_t barrier;
static uint64_t now_ns = 1000000000;

static void begin(void)
{
    csan__stack_init(64);
    csan__options.deadlock = true;
    for (int i = 0; i < 16; i++)
        pthread_mutex_init(&mutex[i], NULL);
    csan__thread_get();
}

/* ------------------------------------------------------------------ what the hooks do */

static struct thread *self(void)
{
    return csan__thread_get();
}

__attribute__((noinline)) static void lock_as(pthread_mutex_t *m, const struct timespec *until)
{
    struct regs at = REGS_OF_CALLER();
    if (pthread_mutex_trylock(m) != 0) {
        csan__sync_wait_begin(self(), SYNC_MUTEX, (uintptr_t)m, "pthread_mutex_lock", until != NULL,
                              &at);
        int failed = until ? pthread_mutex_timedlock(m, until) : pthread_mutex_lock(m);
        csan__sync_wait_end(self(), !failed);
        if (failed)
            return;
    }
    csan__sync_took(self(), (uintptr_t)m, SYNC_MUTEX, &at);
}

static void lock(pthread_mutex_t *m)
{
    lock_as(m, NULL);
}

static void unlock(pthread_mutex_t *m)
{
    csan__sync_gave(self(), (uintptr_t)m, NULL);
    pthread_mutex_unlock(m);
}

__attribute__((noinline)) static void take_rwlock(enum sync_kind kind)
{
    struct regs at = REGS_OF_CALLER();
    if ((kind == SYNC_READ ? pthread_rwlock_tryrdlock(&rwlock)
                           : pthread_rwlock_trywrlock(&rwlock)) != 0) {
        csan__sync_wait_begin(self(), kind, (uintptr_t)&rwlock, "pthread_rwlock_lock", false, &at);
        if (kind == SYNC_READ)
            pthread_rwlock_rdlock(&rwlock);
        else
            pthread_rwlock_wrlock(&rwlock);
        csan__sync_wait_end(self(), true);
    }
    csan__sync_took(self(), (uintptr_t)&rwlock, kind, &at);
}

__attribute__((noinline)) static void join(pthread_t id)
{
    struct regs at = REGS_OF_CALLER();
    csan__sync_wait_begin(self(), SYNC_JOIN, id, "pthread_join", false, &at);
    pthread_join(id, NULL);
    csan__sync_wait_end(self(), true);
}

static void start(void *(*run)(void *), void *arg)
{
    pthread_t id;
    ck_assert_int_eq(pthread_create(&id, NULL, run, arg), 0);
}

/* ------------------------------------------------------------------ waiting for them */

static bool is_in_futex(int tid)
{
    char path[64], now[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    bool yes = read(fd, now, sizeof now - 1) > 0 && strncmp(now, "202 ", 4) == 0;
    close(fd);
    return yes;
}

/* So many threads wait for something, and the kernel says so. */
static void wait_for_sleepers(uint32_t wanted)
{
    for (uint32_t n = 0; n < wanted; csan__os_yield()) {
        n = 0;
        for (struct thread *t = csan__thread_first(); t; t = t->next) {
            struct sync s;
            n += csan__sync_snapshot(t, &s, NULL, 0) && s.wait.kind && is_in_futex(t->tid);
        }
    }
}

static bool tick(void)
{
    now_ns += 100000000;
    return deadlock->tick(now_ns);
}

static uint32_t verdict(void)
{
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(deadlock->judge(0, NULL, &found), 0);
    for (const struct finding *f = found.first; f; f = f->next) {
        ck_assert_int_eq(f->kind, FINDING_DEADLOCK);
        ck_assert_str_eq(f->option, "deadlock");
        ck_assert_uint_ne(f->stack, 0);
    }
    return found.count;
}

/* Seen once it is none yet; seen twice it is told, once. */
static void expect_deadlock(uint32_t threads)
{
    ck_assert(!tick());
    ck_assert_uint_eq(verdict(), 0);
    ck_assert(tick());
    ck_assert_uint_eq(verdict(), 1);
    ck_assert_uint_eq(found.first->count, threads);
    for (int i = 0; i < 5; i++)
        ck_assert(!tick());
}

static void expect_none(void)
{
    for (int i = 0; i < 10; i++)
        ck_assert(!tick());
    ck_assert_uint_eq(verdict(), 0);
}

/* ------------------------------------------------------------------ mutexes */

static unsigned ring; /* threads in it */

static void *take_mine_and_the_next(void *arg)
{
    unsigned mine = (unsigned)(uintptr_t)arg;
    lock(&mutex[mine]);
    pthread_barrier_wait(&barrier);
    lock(&mutex[(mine + 1) % ring]);
    return NULL;
}

static void make_ring(unsigned n)
{
    ring = n;
    pthread_barrier_init(&barrier, NULL, n);
    for (unsigned i = 0; i < n; i++)
        start(take_mine_and_the_next, (void *)(uintptr_t)i);
    wait_for_sleepers(n);
}

START_TEST(two_that_wait_for_each_other)
{
    make_ring(2);
    expect_deadlock(2);
    const struct finding *f = found.first;
    char one[128], other[128];
    const char *form = "2 threads wait for each other: mutex 0x%lx, mutex 0x%lx";
    snprintf(one, sizeof one, form, (uintptr_t)&mutex[0], (uintptr_t)&mutex[1]);
    snprintf(other, sizeof other, form, (uintptr_t)&mutex[1], (uintptr_t)&mutex[0]);
    ck_assert_msg(strcmp(f->what, one) == 0 || strcmp(f->what, other) == 0, "%s", f->what);
    ck_assert_uint_eq(f->nparties, 3);
    ck_assert_ptr_nonnull(strstr(f->parties[0].label, ", here, took mutex"));
    ck_assert_ptr_nonnull(strstr(f->parties[1].label, " took mutex"));
    ck_assert_ptr_nonnull(strstr(f->parties[2].label, " waits for mutex"));
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_ne(f->parties[i].stack, 0);
}
END_TEST

START_TEST(rings_of_any_size)
{
    make_ring((unsigned)_i);
    expect_deadlock((uint32_t)_i);
    uint32_t parties = _i <= 4 ? 2 * (uint32_t)_i - 1 : 7;
    ck_assert_uint_eq(found.first->nparties, parties);
}
END_TEST

START_TEST(a_thread_that_waits_for_itself)
{
    ring = 1;
    pthread_barrier_init(&barrier, NULL, 1);
    start(take_mine_and_the_next, NULL);
    wait_for_sleepers(1);
    for (int i = 0; i < 7; i++) /* this thread runs, and could unlock it */
        ck_assert(!tick());
    expect_deadlock(1);
    char what[128];
    snprintf(what, sizeof what, "a thread waits for mutex 0x%lx, which it holds itself",
             (uintptr_t)&mutex[0]);
    ck_assert_str_eq(found.first->what, what);
    ck_assert_uint_eq(found.first->nparties, 1);
}
END_TEST

START_TEST(two_looks_too_close_together_are_one)
{
    make_ring(2);
    ck_assert(!tick());
    now_ns += 1000000;
    ck_assert(!deadlock->tick(now_ns));
    ck_assert(tick());
}
END_TEST

static void *wait_for_mutex(void *arg)
{
    lock(arg);
    unlock(arg);
    return NULL;
}

START_TEST(those_that_wait_for_the_ring_are_not_in_it)
{
    make_ring(3);
    for (int i = 0; i < 5; i++)
        start(wait_for_mutex, &mutex[i % 3]);
    wait_for_sleepers(8);
    expect_deadlock(3);
}
END_TEST

static void *take_two(void *arg)
{
    unsigned first = (unsigned)(uintptr_t)arg;
    lock(&mutex[first]);
    pthread_barrier_wait(&barrier);
    lock(&mutex[first ^ 1]);
    return NULL;
}

START_TEST(a_second_ring_is_found_after_the_first)
{
    make_ring(2);
    expect_deadlock(2);
    deadlock->reported(&found);
    ck_assert_uint_eq(verdict(), 0);
    start(take_two, (void *)8);
    start(take_two, (void *)9);
    wait_for_sleepers(4);
    expect_deadlock(2);
}
END_TEST

START_TEST(many_that_wait_for_one_that_runs_are_none)
{
    lock(&mutex[0]);
    for (int i = 0; i < 50; i++)
        start(wait_for_mutex, &mutex[0]);
    wait_for_sleepers(50);
    expect_none();
}
END_TEST

static void *take_timed(void *arg)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1000;
    (void)arg;
    lock(&mutex[0]);
    pthread_barrier_wait(&barrier);
    lock_as(&mutex[1], &until);
    return NULL;
}

START_TEST(with_a_timed_wait_in_it_it_ends_by_itself)
{
    ring = 2;
    pthread_barrier_init(&barrier, NULL, 2);
    start(take_timed, NULL);
    start(take_mine_and_the_next, (void *)1);
    wait_for_sleepers(2);
    expect_none();
}
END_TEST

/* ------------------------------------------------------------------ records that are behind */

static void *take_then_wait(void *arg)
{
    lock(&mutex[0]);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier); /* the main thread has unlocked it, and has it now */
    (void)arg;
    lock(&mutex[1]);
    return NULL;
}

static void *wait_for_first(void *arg)
{
    (void)arg;
    lock(&mutex[1]);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    lock(&mutex[0]);
    return NULL;
}

START_TEST(a_lock_that_another_has_given_away_is_no_edge)
{
    pthread_barrier_init(&barrier, NULL, 3);
    start(take_then_wait, NULL);
    start(wait_for_first, NULL);
    pthread_barrier_wait(&barrier);
    pthread_mutex_unlock(&mutex[0]); /* another's, and nobody is told */
    pthread_mutex_lock(&mutex[0]);
    pthread_barrier_wait(&barrier);
    wait_for_sleepers(2);
    expect_none();
}
END_TEST

/* ------------------------------------------------------------------ rwlocks */

static void *read_then_lock(void *arg)
{
    (void)arg;
    take_rwlock(SYNC_READ);
    pthread_barrier_wait(&barrier);
    lock(&mutex[0]);
    return NULL;
}

/* The writer waits for two readers: one waits for its mutex, the other for a thread that does. */
static void *read_then_lock_another(void *arg)
{
    take_rwlock(SYNC_READ);
    pthread_barrier_wait(&barrier);
    lock(&mutex[(uintptr_t)arg]);
    return NULL;
}

static void *lock_another_then_mine(void *arg)
{
    lock(&mutex[1]);
    pthread_barrier_wait(&barrier);
    lock(&mutex[0]);
    return arg;
}

static void *lock_then_write(void *arg)
{
    (void)arg;
    lock(&mutex[0]);
    pthread_barrier_wait(&barrier);
    take_rwlock(SYNC_WRITE);
    return NULL;
}

START_TEST(a_writer_waits_for_each_reader)
{
    pthread_barrier_init(&barrier, NULL, 3);
    take_rwlock(SYNC_READ); /* main reads as well, and runs on */
    start(read_then_lock, NULL);
    start(lock_then_write, NULL);
    pthread_barrier_wait(&barrier);
    wait_for_sleepers(2);
    expect_deadlock(2);
}
END_TEST

START_TEST(readers_that_csan_does_not_know_make_it_none)
{
    pthread_barrier_init(&barrier, NULL, 3);
    pthread_rwlock_rdlock(&rwlock);
    start(read_then_lock, NULL);
    start(lock_then_write, NULL);
    pthread_barrier_wait(&barrier);
    wait_for_sleepers(2);
    expect_none();
}
END_TEST

static void *write_then_lock(void *arg)
{
    (void)arg;
    take_rwlock(SYNC_WRITE);
    pthread_barrier_wait(&barrier);
    lock(&mutex[0]);
    return NULL;
}

static void *lock_then_read(void *arg)
{
    (void)arg;
    lock(&mutex[0]);
    pthread_barrier_wait(&barrier);
    take_rwlock(SYNC_READ);
    return NULL;
}

START_TEST(a_reader_waits_for_the_writer)
{
    pthread_barrier_init(&barrier, NULL, 2);
    start(write_then_lock, NULL);
    start(lock_then_read, NULL);
    wait_for_sleepers(2);
    expect_deadlock(2);
}
END_TEST

static void *read_then_write(void *arg)
{
    (void)arg;
    take_rwlock(SYNC_READ);
    take_rwlock(SYNC_WRITE);
    return NULL;
}

START_TEST(a_reader_that_wants_to_write_waits_for_itself)
{
    start(read_then_write, NULL);
    wait_for_sleepers(1);
    expect_deadlock(1);
}
END_TEST

static void *read_twice(void *arg)
{
    (void)arg;
    take_rwlock(SYNC_READ);
    pthread_barrier_wait(&barrier);
    wait_for_sleepers(1); /* the writer */
    take_rwlock(SYNC_READ);
    return NULL;
}

static void *write_after(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&barrier);
    take_rwlock(SYNC_WRITE);
    return NULL;
}

START_TEST(a_reader_that_reads_again_behind_a_waiting_writer)
{
    pthread_barrier_init(&barrier, NULL, 2);
    start(read_twice, NULL);
    start(write_after, NULL);
    wait_for_sleepers(2);
    expect_deadlock(2);
    bool said = false;
    for (uint32_t i = 0; i < found.first->nparties; i++)
        said |= strstr(found.first->parties[i].label, "is first in the queue for rwlock") != NULL;
    ck_assert(said);
}
END_TEST

START_TEST(of_cycles_that_overlap_the_shortest_is_told)
{
    pthread_barrier_init(&barrier, NULL, 5);
    start(read_then_lock_another, (void *)(uintptr_t)_i);
    start(read_then_lock_another, (void *)(uintptr_t)!_i);
    start(lock_another_then_mine, NULL);
    start(lock_then_write, NULL);
    pthread_barrier_wait(&barrier);
    wait_for_sleepers(4);
    expect_deadlock(2);
}
END_TEST

/* ------------------------------------------------------------------ joins */

static pthread_t joiner;

static void *join_holding(void *arg)
{
    lock(&mutex[0]);
    pthread_barrier_wait(&barrier);
    join(*(pthread_t *)arg);
    return NULL;
}

static void *lock_to_end(void *arg)
{
    (void)arg;
    pthread_barrier_wait(&barrier);
    lock(&mutex[0]);
    return NULL;
}

START_TEST(a_join_of_a_thread_that_needs_what_the_joiner_holds)
{
    static pthread_t ends;
    pthread_barrier_init(&barrier, NULL, 2);
    ck_assert_int_eq(pthread_create(&ends, NULL, lock_to_end, NULL), 0);
    ck_assert_int_eq(pthread_create(&joiner, NULL, join_holding, &ends), 0);
    wait_for_sleepers(2);
    expect_deadlock(2);
    ck_assert_ptr_nonnull(strstr(found.first->what, "the end of thread "));
}
END_TEST

START_TEST(switched_off_it_does_not_look)
{
    make_ring(2);
    csan__options.deadlock = false;
    expect_none();
}
END_TEST

START_TEST(without_memory_it_looks_again_later)
{
    make_ring(2);
    csan__arena_fail_nth(1);
    ck_assert(!tick());
    csan__arena_fail_nth(0);
    ck_assert(!tick());
    ck_assert(tick());
}
END_TEST

START_TEST(a_child_begins_anew)
{
    make_ring(2);
    expect_deadlock(2);
    deadlock->forked();
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deadlock");
    TCase *t = tcase_create("deadlock");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_add_test(t, two_that_wait_for_each_other);
    tcase_add_loop_test(t, rings_of_any_size, 2, 8);
    tcase_add_test(t, a_thread_that_waits_for_itself);
    tcase_add_test(t, two_looks_too_close_together_are_one);
    tcase_add_test(t, those_that_wait_for_the_ring_are_not_in_it);
    tcase_add_test(t, a_second_ring_is_found_after_the_first);
    tcase_add_test(t, many_that_wait_for_one_that_runs_are_none);
    tcase_add_test(t, with_a_timed_wait_in_it_it_ends_by_itself);
    tcase_add_test(t, a_lock_that_another_has_given_away_is_no_edge);
    tcase_add_test(t, a_writer_waits_for_each_reader);
    tcase_add_loop_test(t, of_cycles_that_overlap_the_shortest_is_told, 0, 2);
    tcase_add_test(t, readers_that_csan_does_not_know_make_it_none);
    tcase_add_test(t, a_reader_waits_for_the_writer);
    tcase_add_test(t, a_reader_that_wants_to_write_waits_for_itself);
    tcase_add_test(t, a_reader_that_reads_again_behind_a_waiting_writer);
    tcase_add_test(t, a_join_of_a_thread_that_needs_what_the_joiner_holds);
    tcase_add_test(t, switched_off_it_does_not_look);
    tcase_add_test(t, without_memory_it_looks_again_later);
    tcase_add_test(t, a_child_begins_anew);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
