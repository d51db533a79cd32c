/* What the programs of the benchmark share. Each does one thing, and tells what it measured as
 * lines "name value" on descriptor 3, which launch.c opens; standard output stays the program's.
 *
 * end_of_main is a clock's reading: launch.c makes of it the time that the process took to end. */
#ifndef BENCH_H
#define BENCH_H

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static inline void *seen(void *p)
{
    __asm__ volatile("" : "+r"(p) : : "memory");
    return p;
}

static inline uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Processor time of this thread: what somebody else's load on the machine hardly changes. */
static inline uint64_t thread_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void tell(const char *name, double value)
{
    char line[128];
    int n = snprintf(line, sizeof(line), "%s %.3f\n", name, value);
    if (n > 0 && write(3, line, (size_t)n) != n)
        _exit(9);
}

/* Memory of this process that is real, without the help of malloc. */
static inline double resident_bytes(void)
{
    char text[128];
    long pages = 0, resident = 0;
    int fd = open("/proc/self/statm", O_RDONLY);
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    if (sscanf(text, "%ld %ld", &pages, &resident) != 2)
        _exit(9);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static inline long number(int argc, char **argv, int i, long otherwise)
{
    return argc > i ? atol(argv[i]) : otherwise;
}

static inline uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
