/* What the cases of raw clone share: a thread that libc knows nothing of, with a block's address in
 * one register alone, or in none. It shares its creator's thread-locals, so it calls nothing. */
#ifndef RAW_CLONE_H
#define RAW_CLONE_H

#include "case.h"

#include <sched.h>

#define RAW_THREAD                                                                                 \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

static void *volatile handed_over;
static int started;

static inline int spin(void *arg)
{
    (void)arg;
    __asm__ volatile("xor %%eax, %%eax\n\t"
                     "mov %0, %%r14\n\t"
                     "movq $0, %0\n\t"
                     "movl $1, %1\n"
                     "1:\tpause\n\t"
                     "jmp 1b"
                     : "+m"(handed_over), "=m"(started)
                     :
                     : "rax", "r14", "memory");
    return 0;
}

static inline int spin_without(void *arg)
{
    (void)arg;
    __asm__ volatile("xor %%r14, %%r14\n\t"
                     "movq %%r14, %0\n\t"
                     "movl $1, %1\n"
                     "1:\tpause\n\t"
                     "jmp 1b"
                     : "+m"(handed_over), "=m"(started)
                     :
                     : "r14", "memory");
    return 0;
}

static inline void begin_raw(int (*run)(void *))
{
    static char room[16 << 10] __attribute__((aligned(16)));
    MUST(clone(run, room + sizeof(room), RAW_THREAD, NULL) > 0);
    while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) == 0)
        sched_yield();
}

#endif
