/* Synthetic threads and events of locks, for the tests of the detectors that listen to them. */
#ifndef TEST_SYNC_EVENTS_H
#define TEST_SYNC_EVENTS_H

#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "record/block.h"
#include "record/stack.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MS ((uint64_t)1000000u)

static struct arena scratch __attribute__((unused));
static struct findings found __attribute__((unused));

/* A stack that the depot knows, different for each number. */
static inline uint32_t stack_no(uintptr_t n)
{
    uintptr_t pcs[2] = {0x1000 + n * 16, 0x2000};
    uint32_t id = csan__stack_keep(pcs, 2, false);
    ck_assert_uint_ne(id, 0);
    return id;
}

static inline uint32_t judged(const struct detector *d, uint32_t since)
{
    struct world w = {.scratch = &scratch};
    csan__findings_init(&found, &scratch);
    ck_assert_int_eq(d->judge(since, &w, &found), 0);
    if (d->weigh)
        d->weigh(&found);
    return found.count;
}

/* As session does after the report. */
static inline void report(const struct detector *d)
{
    d->reported(&found);
}

#endif
