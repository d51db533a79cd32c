/* record/proc, record/task, detect/load: what the kernel tells of this process, and of the machine.
 */
#include "record/proc.h"
#include "record/task.h"
#include "detect/load.h"
#include "record/unwind.h"
#include "tests/unit/suite.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ------------------------------------------------------------------ proc */

START_TEST(words_are_skipped_whatever_is_in_them)
{
    const char *line = "ab  \xc3\xa9t\xc3\xa9 -5 0x7f1c 12";
    ck_assert_str_eq(csan__proc_skip(line, 0), line);
    ck_assert_str_eq(csan__proc_skip(line, 1), line + 4);
    ck_assert_str_eq(csan__proc_skip(line, 2), "-5 0x7f1c 12");
    ck_assert_str_eq(csan__proc_skip(line, 4), "12");
    ck_assert_str_eq(csan__proc_skip(line, 9), "");
}
END_TEST

START_TEST(numbers_are_decimal_or_say_that_they_are_not)
{
    ck_assert_uint_eq(csan__proc_number("18446744073709551615 7"), UINT64_MAX);
    ck_assert_uint_eq(csan__proc_number("3/512"), 3);
    ck_assert_uint_eq(csan__proc_number("0xffffffffffffff0a 1"), 0xffffffffffffff0a);
    ck_assert_uint_eq(csan__proc_number("-1"), 0);
    ck_assert_uint_eq(csan__proc_number(""), 0);
    const char *at = "7f1cafe0-7f1d";
    ck_assert_uint_eq(csan__proc_hex(&at), 0x7f1cafe0);
    ck_assert_str_eq(at, "-7f1d");
}
END_TEST

START_TEST(a_file_is_read_as_far_as_there_is_room)
{
    char text[8], path[] = "/tmp/test_taskXXXXXX";
    int fd = mkstemp(path);
    memset(text, 'x', sizeof text);
    ck_assert(!csan__proc_read(path, text, sizeof text));
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(write(fd, "0123456789", 10), 10);
    ck_assert(csan__proc_read(path, text, sizeof text));
    ck_assert_str_eq(text, "0123456");
    int next = dup(fd); /* the lowest free one: none was left open */
    ck_assert_int_eq(next, fd + 1);
    close(fd);
    unlink(path);
    ck_assert(!csan__proc_read(path, text, sizeof text));
}
END_TEST

/* ------------------------------------------------------------------ stat */

static int meet[2]; /* a pipe: who reads it sleeps */

static void *read_pipe(void *arg)
{
    char c;
    *(volatile int *)arg = (int)syscall(SYS_gettid);
    return read(meet[0], &c, 1) == 1 ? arg : NULL;
}

static int start_reader(pthread_t *thread)
{
    static volatile int tid;
    struct full_regs at;
    ck_assert_int_eq(pipe(meet), 0);
    ck_assert_int_eq(pthread_create(thread, NULL, read_pipe, (void *)&tid), 0);
    while (!tid || csan__task_call(tid, &at) != SYS_read)
        sched_yield();
    return tid;
}

static uintptr_t heap_by_maps(void)
{
    char line[512];
    unsigned long lo = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "[heap]"))
            sscanf(line, "%lx", &lo);
    fclose(maps);
    return lo;
}

/* A name that looks like the words behind it. */
START_TEST(stat_tells_of_the_process_whatever_its_name)
{
    pthread_t thread;
    prctl(PR_SET_NAME, _i ? "a b) Z 1 2 3" : "plain");
    void *heap = sbrk(0);
    ck_assert_uint_eq(csan__task_stat(TASK_FIRST, TASK_THREADS), 1);
    start_reader(&thread);
    ck_assert_uint_eq(csan__task_stat(TASK_FIRST, TASK_THREADS), 2);
    ck_assert_uint_eq(csan__task_stat(TASK_FIRST, TASK_STATE), 'R');
    ck_assert(!csan__task_first_has_ended());
    uintptr_t brk = csan__task_stat(TASK_SELF, TASK_BRK);
    ck_assert_uint_le(brk, (uintptr_t)heap);
    ck_assert_uint_eq(brk, heap_by_maps());
    ck_assert_int_eq(write(meet[1], "x", 1), 1);
    pthread_join(thread, NULL);
}
END_TEST

static uintptr_t brk_before;

/* It has no memory any more, but its process has. */
static void *outlive(void *arg)
{
    while (!csan__task_first_has_ended())
        sched_yield();
    bool right = csan__task_stat(TASK_FIRST, TASK_THREADS) == 2 &&
                 csan__task_stat(TASK_FIRST, TASK_STATE) == 'Z' &&
                 csan__task_stat(TASK_SELF, TASK_BRK) == brk_before;
    _exit(right ? 0 : 1);
    return arg;
}

START_TEST(first_thread_that_has_ended_is_known)
{
    pthread_t thread;
    pid_t whole = fork();
    if (whole == 0) {
        brk_before = csan__task_stat(TASK_SELF, TASK_BRK);
        pthread_create(&thread, NULL, outlive, NULL);
        syscall(SYS_exit, 0); /* that thread alone, and nothing of libc's */
    }
    int status = -1;
    ck_assert_int_eq(waitpid(whole, &status, 0), whole);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* ------------------------------------------------------------------ one thread */

START_TEST(a_sleeper_tells_its_call_with_arguments_and_place)
{
    pthread_t thread;
    struct full_regs at;
    Dl_info where, libc;
    int tid = start_reader(&thread);
    uint64_t runs = csan__task_runs(tid);
    ck_assert_uint_gt(runs, 0);
    ck_assert_int_eq(csan__task_call(tid, &at), SYS_read);
    ck_assert_uint_eq(at.r[5], (uintptr_t)meet[0]);
    ck_assert_uint_eq(at.r[1], 1);
    ck_assert_uint_gt(at.r[4], at.r[7]); /* its buffer lies in a frame above the stack's end */
    ck_assert_uint_lt(at.r[4] - at.r[7], 4096);
    ck_assert_int_ne(dladdr((void *)at.r[16], &where), 0);
    ck_assert_int_ne(dladdr((void *)(uintptr_t)read, &libc), 0);
    ck_assert_ptr_eq(where.dli_fbase, libc.dli_fbase);
    ck_assert_uint_eq(csan__task_runs(tid), runs);
    ck_assert_int_eq(write(meet[1], "x", 1), 1);
    pthread_join(thread, NULL);
}
END_TEST

static int spinner;

static void *spin(void *arg)
{
    __atomic_store_n(&spinner, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
    while (__atomic_load_n(&spinner, __ATOMIC_ACQUIRE))
        ;
    return arg;
}

START_TEST(who_runs_is_in_no_call)
{
    pthread_t thread;
    struct full_regs at;
    ck_assert_int_eq(pthread_create(&thread, NULL, spin, NULL), 0);
    int tid;
    while (!(tid = __atomic_load_n(&spinner, __ATOMIC_ACQUIRE)))
        sched_yield();
    ck_assert_int_eq(csan__task_call(tid, &at), TASK_RUNNING);
    __atomic_store_n(&spinner, 0, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(of_a_thread_that_is_not_there_nothing_is_known)
{
    struct full_regs at;
    ck_assert_int_eq(csan__task_call(1 << 30, &at), TASK_UNKNOWN);
    ck_assert_uint_eq(csan__task_runs(1 << 30), 0);
    ck_assert_uint_eq(csan__task_queued_ns(1 << 30), 0);
}
END_TEST

START_TEST(schedstat_is_read_word_by_word)
{
    unsigned long long ran, queued, runs;
    FILE *f = fopen("/proc/thread-self/schedstat", "r");
    ck_assert_ptr_nonnull(f);
    int tid = (int)syscall(SYS_gettid);
    uint64_t queued_before = csan__task_queued_ns(tid), runs_before = csan__task_runs(tid);
    ck_assert_int_eq(fscanf(f, "%llu %llu %llu", &ran, &queued, &runs), 3);
    fclose(f);
    ck_assert_uint_le(queued_before, queued);
    ck_assert_uint_le(queued, csan__task_queued_ns(tid));
    ck_assert_uint_le(runs_before, runs);
    ck_assert_uint_le(runs, csan__task_runs(tid));
}
END_TEST

START_TEST(every_thread_is_listed)
{
    pthread_t thread;
    struct tasks all;
    int reader = start_reader(&thread), n = 0, seen = 0;
    ck_assert_int_eq(csan__tasks_open(&all), 0);
    for (int tid; (tid = csan__tasks_next(&all)) != 0; n++)
        seen += tid == reader ? 1 : tid == getpid() ? 10 : 100;
    csan__tasks_close(&all);
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(seen, 11);
    ck_assert_int_eq(fcntl(all.fd, F_GETFD), -1);
    ck_assert_int_eq(write(meet[1], "x", 1), 1);
    pthread_join(thread, NULL);
}
END_TEST

/* ------------------------------------------------------------------ load */

START_TEST(load_tells_cores_of_the_process_and_who_could_run)
{
    cpu_set_t one;
    struct load before = csan__load_now();
    ck_assert_int_eq(sched_getaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(before.cores, (uint32_t)CPU_COUNT(&one));
    ck_assert_uint_ge(before.runnable, 1); /* this thread */
    ck_assert_uint_lt(before.runnable, 100000);
    CPU_ZERO(&one);
    CPU_SET((unsigned)sched_getcpu(), &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(csan__load_cores(), 1);
}
END_TEST

START_TEST(load_is_said_in_words)
{
    char buf[80];
    struct text t = TEXT(buf);
    csan__load_say(&(struct load){.runnable = 5, .cores = 2}, &t);
    ck_assert_str_eq(buf, "5 threads could run on 2 cores then");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("task");
    TCase *c = tcase_create("task");
    tcase_add_test(c, words_are_skipped_whatever_is_in_them);
    tcase_add_test(c, numbers_are_decimal_or_say_that_they_are_not);
    tcase_add_test(c, a_file_is_read_as_far_as_there_is_room);
    tcase_add_loop_test(c, stat_tells_of_the_process_whatever_its_name, 0, 2);
    tcase_add_test(c, first_thread_that_has_ended_is_known);
    tcase_add_test(c, a_sleeper_tells_its_call_with_arguments_and_place);
    tcase_add_test(c, who_runs_is_in_no_call);
    tcase_add_test(c, of_a_thread_that_is_not_there_nothing_is_known);
    tcase_add_test(c, schedstat_is_read_word_by_word);
    tcase_add_test(c, every_thread_is_listed);
    tcase_add_test(c, load_tells_cores_of_the_process_and_who_could_run);
    tcase_add_test(c, load_is_said_in_words);
    suite_add_tcase(s, c);
    return suite_run(s);
}
