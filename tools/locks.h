/* The locks of many records, added up: each once, with its histogram.
 *
 *     record, record, … ─▶ csan__locks_add ─▶ csan__locks_sort ─▶ all[0 … used)
 *
 * Locks are told apart by program and fingerprint. Percentiles of several processes come from the
 * buckets, which are a quarter of an octave wide; the line and the place are of the process that
 * waited longest. Zeroed to begin with. Needs record.h; used by merge.c, show.c,
 * format_html_locks.c. */
#ifndef CSAN_TOOLS_LOCKS_H
#define CSAN_TOOLS_LOCKS_H

#include "tools/record.h"

struct lock_sum {
    char *program, *message;
    char *place; /* "src/cache.c:41:5", of where it was waited for most */
    char *line;  /* as it stands in that record */
    char *body;  /* the caller's, from malloc; NULL at first */
    uint32_t fingerprint;
    uint64_t processes, acquisitions; /* 0: not known of all */
    uint64_t locks;                   /* of a process, at most */
    bool at_least;
    uint64_t longest_ns; /* of one process */
    struct finding_times times;
    struct finding_bucket *buckets; /* those of times */
};

struct lock_sums {
    void *tree; /* tsearch's */
    struct lock_sum **all;
    uint32_t used, room;
};

/* True: the line and the place are this one's now. */
bool csan__locks_add(struct lock_sums *to, const struct record *r, const struct record_lock *l,
                     struct lock_sum **sum);
/* The longest waited for first. */
void csan__locks_sort(struct lock_sums *all);
/* "3 of 8 acquisitions waited, p99 1.2 ms, longest 3 ms" */
void csan__locks_words(const struct lock_sum *l, struct text *out);
void csan__locks_free(struct lock_sums *all);

#endif
