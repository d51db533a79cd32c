/* Roots: which memory of the process keeps blocks alive.
 *
 *   every readable private or writable mapping
 *     minus   malloc's own memory: [heap], arena heaps, live large blocks, what lies between the
 *             live blocks of another malloc (stale words there must keep nothing alive)
 *     minus   stacks of threads, csan's memory, world->not_roots, devices
 *     plus    of each stopped thread: the live part of its stack, spilled registers, thread-locals
 *     plus    world->extra_roots
 *
 * World stopped, between csan__mark_begin and csan__mark_end; one thread. What csan has mapped is
 * not looked at (record/readable leaves it out), nor are libcsan.so's variables.
 * Without /proc (nmappings 0) only what world names is a root, and all of it is read by copies.
 * Needs mark, record/block, readable; used by leak. */
#ifndef CSAN_DETECT_ROOTS_H
#define CSAN_DETECT_ROOTS_H

#include "detect/mark.h"

/* Set once by session, when it knows them. */
extern size_t csan__roots_static_tls_bytes; /* below the thread pointer */
extern size_t csan__roots_pthread_bytes;    /* from it on: libc's struct pthread */

/* Marks everything that the roots reach. 0 or -ENOMEM. */
int csan__roots_mark(struct mark *m, const struct world *w);

#endif
