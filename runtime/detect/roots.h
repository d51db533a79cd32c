/* Roots: which memory of the process keeps blocks alive.
 *
 *   every readable private or writable mapping
 *     minus   malloc's own memory: [heap], arena heaps, live large blocks, what lies between the
 *             live blocks of another malloc (stale words there must keep nothing alive)
 *     minus   stacks of threads, csan's memory, world->not_roots, devices
 *     plus    of each stopped thread: the live part of its stack, spilled registers, thread-locals
 *     plus    world->extra_roots
 *
 * World stopped, block account frozen; one thread. What csan has mapped is
 * not looked at (record/readable leaves it out), nor are libcsan.so's variables.
 * Without /proc (nmappings 0) only what world names is a root, and all of it is read by copies.
 * Needs mark, record/block, readable; used by leak, pointers, path. */
#ifndef CSAN_DETECT_ROOTS_H
#define CSAN_DETECT_ROOTS_H

#include "detect/mark.h"
#include "detect/memory.h"
#include "record/place.h"

/* Set once by session, when it knows them. */
extern size_t csan__roots_static_tls_bytes; /* below the thread pointer */
extern size_t csan__roots_pthread_bytes;    /* from it on: libc's struct pthread */

struct root {
    enum place_kind kind; /* PLACE_MAPPED for a module's variables, too */
    int tid;              /* of thread-locals, stacks, registers */
    struct range at;      /* PLACE_THREAD: words in csan's own memory */
};
typedef void root_visit(const struct root *r, void *arg);
/* Each root, the surest first: what is mapped, thread-locals, then stacks and registers. 0 or
 * -ENOMEM. */
int csan__roots_each(const struct world *w, root_visit *each, void *arg);
/* The words of a root. */
void csan__roots_words(const struct root *r, struct memory *m, memory_visit *visit, void *arg);
/* Marks what a root reaches. */
void csan__roots_mark_one(const struct root *r, struct mark *m);
/* The live part of the stack that a thread runs on, when it is not its own; else empty. */
struct range csan__roots_foreign_stack(const struct world *w, const struct stopped_thread *t);
/* Whose thread-local place->at is: fills in the place; false: nobody's. */
bool csan__roots_thread_local(const struct world *w, struct place *place);

/* `at` lies in a block that the dynamic linker took: in thread-locals that nobody can name any
 * more, of an ended thread or of a module that was unloaded? libc keeps their block for a while.
 * False: it does not, or nobody can tell. */
bool csan__roots_is_left_behind(const struct world *w, uintptr_t at);

/* Marks everything that the roots reach. 0 or -ENOMEM. */
int csan__roots_mark(struct mark *m, const struct world *w);

#endif
