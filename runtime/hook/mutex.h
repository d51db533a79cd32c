/* What the hooks of libc's mutexes share: pthread's and C11's are the same object.
 *
 * try, which changes nothing that the program can see ─► taken: one entry in the thread's record
 *                                                     └► not: the wait is told, then the real call
 *
 * Needs guard.h, record/sync.h; mutex.c has the code, c11.c uses it. */
#ifndef CSAN_HOOK_MUTEX_H
#define CSAN_HOOK_MUTEX_H

#include "hook/guard.h"
#include "record/sync.h"

/* glibc's bits of __data.__kind. */
enum mutex_kind {
    MUTEX_TYPE = 3,
    MUTEX_RECURSIVE = 1,
    MUTEX_ERRORCHECK = 2,
    MUTEX_ROBUST = 16,
    MUTEX_INHERIT = 32,
    MUTEX_ELISION = 256,
    MUTEX_KNOWN = 0x3ff
};

static CSAN_ALWAYS_INLINE uint8_t csan__mutex_flags(const pthread_mutex_t *m)
{
    _Static_assert(MUTEX_ROBUST == HELD_ROBUST << 4, "moved, not looked up");
    return (m->__data.__kind & MUTEX_ROBUST) >> 4;
}

/* A call that takes a mutex. */
struct mutex_call {
    pthread_mutex_t *m;
    const char *name;
    const struct regs *at;
    bool timed;
    bool tried; /* by a trylock */
};

/* Taken at the first try. Leaves the guard. */
void csan__mutex_took(struct thread *t, const struct mutex_call *c, const struct taking *as);
/* Not taken, and the real call comes next. Leaves the guard; true: csan__mutex_slept is due. */
bool csan__mutex_sleeps(struct thread *t, const struct mutex_call *c);
void csan__mutex_slept(const struct mutex_call *c, bool got_it, bool was_told);
/* Before the real unlock, inside the guard: the thread that holds it by its record although another
 * unlocks it; 0: nobody. */
int csan__mutex_gives(struct thread *t, pthread_mutex_t *m, const char *name,
                      const struct regs *at);
void csan__mutex_destroying(struct thread *t, pthread_mutex_t *m, const char *name,
                            const struct regs *at);
/* Whatever it was is no more: initialised anew, or destroyed. */
void csan__lock_is_new(struct thread *t, const void *object, size_t bytes, const char *name);

#endif
