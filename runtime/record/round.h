/* Rounds: how much memory of each stack was live at the end of each repetition of something.
 *
 *   name ──▶ rounds  column:      0    1    2  …  at most ROUND_COLUMNS
 *            rows    stack 17:   16   32   48     bytes, and the same of blocks
 *                    stack 21:  400  (alike in every column: no series, two words)
 *
 * When the columns are used up, every other goes and from then on only every second round (fourth,
 * …) gets one: a series stays evenly spaced and bounded however many rounds there are. Blocks that
 * are ignored are not counted, nor are those that a named cache has published (share.h keeps its
 * levels); 0 bytes count as 1.
 *
 * take: with the world stopped and the account frozen, one thread; the rest likewise, or under
 * LOCK_SESSION. Memory is csan's own; rows and names are never given back. Nothing on the way of a
 * malloc. Needs base, record/block, record/stack; used by session (take), detect/growth. */
#ifndef CSAN_RECORD_ROUND_H
#define CSAN_RECORD_ROUND_H

#include "base/base.h"

#define ROUND_COLUMNS 64u
#define ROUND_NAME_MAX 128u /* the NUL included; longer names are cut */

struct round_series {
    uint64_t bytes[ROUND_COLUMNS];
    uint32_t blocks[ROUND_COLUMNS];
};

struct round_row {
    uint32_t stack;
    uint32_t blocks; /* of the last column, and where there is no series of every column */
    uint64_t bytes;
    struct round_series *series;
    uint32_t told_epoch; /* mark after which it was reported; 0: it was not */
};

struct rounds {
    char name[ROUND_NAME_MAX];
    bool is_test;   /* nobody asked for it: the runs of a test are its rounds */
    uint64_t count; /* rounds that have ended; of a test but the first, which costs no memory */
    bool has_run;   /* of a test */
    bool is_over; /* of a test: it runs no more, and nothing of its suite's may free what it kept */
    uint64_t stride; /* between two columns */
    uint32_t ncolumns;
    uint32_t epochs[ROUND_COLUMNS]; /* mark after which that round ended */
    struct round_row *rows;
    uint32_t nrows, rows_max;
    struct rounds *next;
};

/* A round of `name` (NULL: "") has ended now. 0 or -ENOMEM; then it is not counted. test_since: it
 * is the test of that name that has, which began with this epoch; its rounds are others than those
 * of a name, and what tests have allocated (forgiven, or since then) is all that counts. 0: no
 * test. */
int csan__round_take(const char *name, uint32_t test_since);
struct rounds *csan__round_of_test(const char *name); /* NULL: it has not run */
struct rounds *csan__round_first(void);               /* all names, newest first */
/* In the child after fork: what the parent repeated is not the child's. */
void csan__round_forked(void);
bool csan__round_is_valid(void);

#endif
