/* A finding: what, how much against which limit, where from, who else, what to do.
 *
 * Made by detectors (facts only: stack ids, amounts, names), weighed by session, written by
 * report/. Lives in the scratch arena of its verdict. Kinds are spelled as in kind_name(). */
#ifndef CSAN_RECORD_FINDING_H
#define CSAN_RECORD_FINDING_H

#include "base/base.h"
#include "base/arena.h"
#include "record/place.h"

enum finding_kind {
    FINDING_LEAK,
    FINDING_GROWTH,
    FINDING_BAD_FREE,
    FINDING_THREAD,
    FINDING_BLOCKED,
    FINDING_DEADLOCK,
    FINDING_LOCK_ORDER,
    FINDING_LOCK_MISUSE,
    FINDING_WAIT,
    FINDING_HOLD,
    FINDING_ESCAPE,
    FINDING_UNRELEASED,
    FINDING_MUTATION,
    FINDING_POOL,
    FINDING_KINDS
};

/* Who else is involved: "freed here first", "holder took it here". */
struct finding_party {
    const char *label; /* a few words, ends without a colon */
    uint32_t stack;    /* 0: the label says it all */
    uint32_t threads;  /* that stand there; 0: it is no group of threads */
};

/* Figures behind the words, for machines and charts. */
struct finding_round {
    uint64_t round, bytes, blocks; /* live when it ended */
};

struct finding_bucket {
    uint64_t from_ns, to_ns, count; /* from_ns <= t < to_ns */
};

struct finding_times {
    uint64_t count, sum_ns, max_ns, p50_ns, p90_ns, p99_ns;
    const struct finding_bucket *buckets; /* ascending; empty ones are left out */
    uint32_t nbuckets;
};

#define FINDING_PARTIES 8

struct finding {
    enum finding_kind kind;
    uint32_t stack;  /* the place that is at fault; 0: unknown */
    uint64_t amount; /* what is measured against the limit: bytes, ns, or a number */
    uint64_t count;  /* blocks, threads, occurrences */
    uint64_t behind_bytes, behind_count; /* leak: what hangs on the lost blocks */
    const char *what;    /* "2.0 KiB in 32 blocks never freed": the sentence before "> limit" */
    const char *option;  /* "max_leak"; NULL: no threshold (bad-free) */
    uintptr_t object;    /* the lock that `what` is about, by its noun alone; 0: none */
    const char *note;    /* one more line of facts, or NULL */
    const char *attempt; /* what to try; NULL: what its kind says */
    struct finding_party parties[FINDING_PARTIES];
    uint32_t nparties;
    const struct place *places; /* where pointers to it are stored: a chain, or each by itself */
    uint32_t nplaces;
    const struct finding_round *rounds; /* growth */
    uint32_t nrounds;
    uint32_t threads;                  /* that stand at `stack`, of a group; 0: that is no group */
    const struct finding_times *times; /* wait, hold; NULL: none */
    uint64_t kept_bytes, kept_blocks;  /* that the first place of the chain alone keeps alive */
    bool is_note;                      /* worth a look, and no failure */
    void *source;                      /* the detector's own record of it; NULL: none */
    struct finding *next;
};

struct findings {
    struct finding *first, **last; /* csan__findings_init first */
    uint32_t count;
    struct arena *scratch;
};

const char *csan__finding_kind_name(enum finding_kind kind);
void csan__findings_init(struct findings *f, struct arena *scratch);
/* A zeroed finding at the end of the list; NULL: no memory. */
struct finding *csan__findings_add(struct findings *f, enum finding_kind kind);
/* Takes out those of one kind that are measured against `option`. */
void csan__findings_drop(struct findings *f, enum finding_kind kind, const char *option);

#endif
