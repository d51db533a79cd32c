/* Threads store through shares while another forks, starts programs by posix_spawn and by vfork:
 * each child can store, and nothing of it reaches the parent. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// stdout: ^60 children, counted [1-9][0-9]*, sums are right$
#include "cached.h"

#include <spawn.h>

#define THREADS 3
#define ROUNDS 20

static uint32_t *counts;
static volatile int stop;
static uint32_t done[THREADS];
extern char **environ;

static void *work(void *arg)
{
    uintptr_t mine = (uintptr_t)arg;
    uint32_t *row = (uint32_t *)(uintptr_t)csan_share(counts);
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        __atomic_fetch_add(&row[mine], 1, __ATOMIC_RELAXED);
        done[mine]++;
    }
    csan_release(row);
    return NULL;
}

static void child_by_fork(void)
{
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0) {
        uint32_t *row = (uint32_t *)(uintptr_t)csan_share(counts);
        row[100]++;
        MUST(counts[100] == 1);
        counts[101] = 7;
        MUST(row[101] == 7);
        csan_release(row);
        _exit(0);
    }
    wait_for_status(pid, 0);
    MUST(counts[100] == 0 && counts[101] == 0);
}

int main(void)
{
    pthread_t threads[THREADS];
    char *const argv[] = {(char *)(uintptr_t)"true", NULL};
    rows = csan_cache("rows", 0, 0);
    counts = (uint32_t *)(void *)load(8000);
    for (uintptr_t i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        while (!__atomic_load_n(&counts[i], __ATOMIC_RELAXED))
            sched_yield();
    for (int i = 0; i < ROUNDS; i++) {
        pid_t pid;
        child_by_fork();
        MUST(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0);
        wait_for_status(pid, 0);
        pid = vfork();
        if (pid == 0) {
            execv("/bin/true", argv);
            _exit(1);
        }
        MUST(pid > 0);
        wait_for_status(pid, 0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    uint32_t sum = 0;
    for (int i = 0; i < THREADS; i++) {
        MUST(pthread_join(threads[i], NULL) == 0);
        MUST(counts[i] == done[i]);
        sum += counts[i];
    }
    printf("%d children, counted %u, sums are right\n", 3 * ROUNDS, sum);
    drop((char *)counts);
    counts = NULL;
    return 0;
}
