/* What would help against waits for a lock, where the figures carry it: one line of evidence, and
 * one sentence of advice in its place. Where they do not, the finding keeps the general advice.
 *
 * What a mutex protects cannot be seen, so that nobody can know that its holders only read. What
 * can be known is that nearly all who wait come by one path, and a few by others: either that path
 * changes the data, or the others do and it reads. The advice says "if". Where all come by one path
 * that path must be the one that changes it, and nothing is said. Of a rwlock reads and writes are
 * known: those that arrive while one writes are as many as would arrive at any time.
 *
 * No state. Needs contest.h, record/finding; used by detect/wait.c. */
#ifndef CSAN_DETECT_REMEDY_H
#define CSAN_DETECT_REMEDY_H

#include "base/arena.h"
#include "detect/contest.h"
#include "record/finding.h"

/* The waits of one finding, and what is known of the lock that most of it is about. */
struct contested {
    struct why why;
    uint64_t waited_ns; /* together */
    enum sync_kind kind;
    uint64_t waits, by_one_path; /* for the lock; the most that came by one path, */
    uint32_t paths, path;        /* of so many; its stack */
    struct sections sections;
};

/* Adds parties, and sets f->attempt. */
void csan__remedy_add(const struct contested *c, struct arena *scratch, struct finding *f);

#endif
