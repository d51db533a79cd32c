/* The world, stopped: every thread of the process with its stack and registers held still.
 *
 * session/stop.c makes one, detectors read it. While it stands no thread but the judge runs, none
 * is inside csan's hooks, and nothing may be freed. A thread that slept in a call is let sleep:
 * should it wake, it stands still on its way out, but a signal handler of the program's may run on
 * it. Who has found that something cannot be reached asks look_again. Owned by session; no locks.
 */
#ifndef CSAN_RECORD_WORLD_H
#define CSAN_RECORD_WORLD_H

#include "base/base.h"

struct thread;

struct range {
    uintptr_t lo, hi;
};

struct stopped_thread {
    int tid;
    bool is_judge;      /* the thread that asked for the verdict */
    uintptr_t sp;       /* live stack begins here */
    struct range stack; /* of the thread as it was started; 0,0: unknown */
    struct range saved; /* where its registers were spilled (a signal frame, struct full_regs; of
                           one that was let sleep, on its stack: here what the kernel was given) */
    uintptr_t thread_pointer;    /* 0: unknown */
    bool in_call;                /* it was asleep in the kernel when it was told to stop */
    const struct thread *record; /* NULL: none of csan's hooks has seen it */
};

/* One line of /proc/self/maps. */
struct mapping {
    struct range at;
    bool readable, writable, shared, device;
    char name[32]; /* tail of the path, or [heap], [stack] */
};

/* A joinable thread of the program's that was not joined, or a detached one that still runs. */
struct left_thread {
    uint32_t stack; /* of the call that created it */
    uint32_t epoch; /* mark after which that was */
    int tid;        /* 0: it has ended, or has not begun */
    bool has_ended;
    bool is_detached;
    bool *is_told; /* set once it has been reported: then it is not listed again */
};

/* The thread-local variables of a module. */
struct tls_module {
    uintptr_t inside; /* some address of the module */
    size_t id;        /* index in a thread's vector of dynamic ones */
    uintptr_t below;  /* static: so far below each thread pointer; 0: dynamic */
    uintptr_t after;  /* a vector whose entry 0 is no greater knows an older module by that index */
    size_t bytes;
};

struct world {
    struct stopped_thread *threads;
    uint32_t nthreads;
    /* True: a thread that was let sleep has run since; threads tells where all of them are now, and
     * what was marked is to be marked again. NULL: none was let sleep. */
    bool (*look_again)(void);
    struct mapping *mappings; /* ascending; 0 when /proc is not there */
    uint32_t nmappings;
    struct range *extra_roots; /* csan_add_root */
    uint32_t nextra;
    const uintptr_t *held; /* words: results of ended threads, arguments of new ones */
    uint32_t nheld;
    const struct range *not_roots; /* stacks of ended threads that libc keeps, csan's own memory */
    uint32_t nnot_roots;
    const struct tls_module *tls;
    uint32_t ntls;
    struct left_thread *left; /* threads that were started and not joined */
    uint32_t nleft;
    struct arena *scratch; /* for the judges; thrown away with the world */
};

#endif
