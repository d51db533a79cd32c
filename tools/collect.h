/* Distinct findings of many records: by program and fingerprint, in that order.
 *
 * Records are read one at a time: memory is for what differs. Needs record.h; used by the verbs
 * that compare and sum up (baseline, merge, show, diff, supp). */
#ifndef CSAN_TOOLS_COLLECT_H
#define CSAN_TOOLS_COLLECT_H

#include "tools/locks.h"

struct collected {
    char name[9]; /* the fingerprint */
    enum finding_kind kind;
    bool known;                        /* in every process that had it */
    uint64_t processes, amount, count; /* amount: their sum, of times and levels the largest */
    char *program, *unit, *place, *claim, *suppression;
    char *line; /* of the first process that had it */
};

struct collection {
    void *tree;                          /* tsearch's */
    char *program;                       /* of all records, or "(several)" */
    char *time;                          /* the first that is told */
    struct lock_sums locks;              /* that were waited for, the longest first */
    uint64_t processes, findings, known; /* distinct findings */
    uint64_t unchecked;                  /* processes that could not be checked, or did not end */
};

/* Adds the records of the paths; what csan__records_each says. */
int csan__collect(struct collection *c, char *const *paths, int npaths);
void csan__collect_each(const struct collection *c,
                        void (*visit)(const struct collected *f, void *arg), void *arg);
/* NULL: not there. */
const struct collected *csan__collect_find(const struct collection *c, const char *program,
                                           const char *name);
void csan__collect_free(struct collection *c);

#endif
