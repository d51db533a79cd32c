/* What the cases share: words that keep an optimizer from seeing too much, and ways for threads to
 * meet that are no sleeps. A case that must not depend on any of it does not include it. */
#ifndef CASE_H
#define CASE_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

/* The compiler has to believe that somebody looks at p. */
static inline void *keep(void *p)
{
    __asm__ volatile("" : "+r"(p) : : "memory");
    return p;
}

/* A check of the case's own: says what was wrong and ends with 1, whatever csan does. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #condition,      \
                    errno);                                                                        \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* Overwrites what earlier calls left below this frame, so that no stale slot keeps a block alive.
 */
static NOINLINE __attribute__((unused)) void wipe_stack(void)
{
    char room[16 << 10];
    memset(room, 0, sizeof(room));
    keep(room);
}

/* Returns when the thread sleeps in that system call. */
static inline void wait_until_in_call(pid_t tid, long number)
{
    char path[64], text[64];
    snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)tid);
    for (;;) {
        int fd = open(path, O_RDONLY);
        if (fd >= 0) {
            ssize_t n = read(fd, text, sizeof(text) - 1);
            close(fd);
            if (n > 0) {
                text[n] = 0;
                if (text[0] >= '0' && text[0] <= '9' && atol(text) == number)
                    return;
            }
        }
        sched_yield();
    }
}

static inline pid_t my_tid(void)
{
    return (pid_t)syscall(SYS_gettid);
}

/* The child must have ended by itself with that status. */
static inline void wait_for_status(pid_t child, int status)
{
    int how = 0;
    MUST(waitpid(child, &how, 0) == child);
    MUST(WIFEXITED(how));
    MUST(WEXITSTATUS(how) == status);
}

#endif
