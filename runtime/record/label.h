/* Labels of threads, for profiles: what a thread is busy with, as its program says.
 *
 * A thread's own, a few pairs of key and value; a new value takes the old one's place, NULL ends
 * it. Texts are kept once each, for ever, in csan's arena: they are meant to be few (a route, a
 * tenant, a phase), not one for each request. Written by the thread itself; read while the world
 * stands. A forked child's thread keeps its own. Needs base, record/thread; used by session. */
#ifndef CSAN_RECORD_LABEL_H
#define CSAN_RECORD_LABEL_H

#include "record/thread.h"

#define LABELS_MAX 8u

struct labels {
    int tid; /* whose they are: a record serves another thread when its own has ended */
    uint32_t count;
    struct label {
        const char *key, *value;
    } at[LABELS_MAX];
};

/* 0; -ENOSPC: it has LABELS_MAX already; -ENOMEM; -EINVAL: no key. */
int csan__label_set(struct thread *self, const char *key, const char *value);
/* NULL: it has none. */
const struct labels *csan__label_of(int tid);

#endif
