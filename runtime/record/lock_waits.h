/* The waits for one lock, in figures: all of a run, found fault with or not.
 *
 * Made by detect/wait_locks at a process's end, written by report/jsonl as lines of its record. A
 * finding of kind wait carries what findings have as well, so that stacks and locks get their names
 * the same way: `what` is the lock's name alone, the parties are the sites, the longest waiting
 * first, each labelled "lock", "read" or "write". Needs record/finding. */
#ifndef CSAN_RECORD_LOCK_WAITS_H
#define CSAN_RECORD_LOCK_WAITS_H

#include "record/finding.h"

#define LOCK_WAITS_MAX 50u /* lines of a record: those that were waited for longest */

struct lock_waits {
    struct finding finding; /* first: it is found by it */
    uint64_t locks;         /* nameless ones that are waited for at one place are told together */
    uint64_t acquisitions;  /* 0: not known */
    bool at_least;          /* there were more acquisitions */
    struct {
        uint64_t waits, ns;
    } sites[FINDING_PARTIES];
};

#endif
