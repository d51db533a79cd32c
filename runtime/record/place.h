/* A place: where a pointer is stored.
 *
 * Facts only; report/place.c gives it names. A chain is a list of places: the first is a root's,
 * and each further one is in the block that the place before points to. Made by detect (pointers,
 * path), while the world is stopped; the module's record stays. Needs module; used by finding,
 * detect, report. */
#ifndef CSAN_RECORD_PLACE_H
#define CSAN_RECORD_PLACE_H

#include "record/module.h"

enum place_kind {
    PLACE_GLOBAL,       /* a variable of a module */
    PLACE_THREAD_LOCAL, /* a thread-local variable */
    PLACE_SPECIFIC,     /* pthread_setspecific, or what else libc keeps of a thread */
    PLACE_MAPPED,       /* other mapped memory: the program's own mmap */
    PLACE_ADDED,        /* csan_add_root */
    PLACE_THREAD,       /* the argument of a thread to begin, the result of one that has ended */
    PLACE_HEAP,         /* a live block */
    PLACE_STACK,        /* the live part of a thread's stack */
    PLACE_REGISTER,     /* of a thread, spilled where it was stopped */
    PLACE_KINDS
};

struct place {
    enum place_kind kind;
    int tid;                     /* thread-local, specific, stack, register; else 0 */
    bool follows;                /* in a chain: in the block that the place before points to */
    uintptr_t at;                /* address of the word; a chain's last block: its start */
    uintptr_t value;             /* the pointer that is stored there; a chain's last block: 0 */
    const struct module *module; /* global, thread-local: whose; NULL: unknown */
    uintptr_t offset; /* global: in the file; thread-local: in the image; heap: in the block */
    size_t bytes;     /* heap: of the block */
    uint32_t stack;   /* heap: that allocated it */
    uint32_t skipped; /* in a chain: so many blocks before this one are left out */
};

#endif
