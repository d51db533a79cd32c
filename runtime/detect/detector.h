/* A detector: one file that knows one kind of trouble, and one row in detectors.inc.
 *
 * judge() runs with the world stopped, on csan's own stack, and only reads. weigh() runs after
 * suppressions have taken findings out, and drops what the option allows. Detectors do not know
 * each other. Needs record; used by session. */
#ifndef CSAN_DETECT_DETECTOR_H
#define CSAN_DETECT_DETECTOR_H

#include "record/finding.h"
#include "record/sync.h"
#include "record/world.h"

struct detector {
    const char *name;
    /* Findings about what happened after epoch `since`. 0, or -ENOMEM: could not judge. */
    int (*judge)(uint32_t since, const struct world *world, struct findings *out);
    /* Removes what the options allow. */
    void (*weigh)(struct findings *f);
    /* These have been reported and are not to be found again: called once after weigh and report,
     * with what is left, while the findings' scratch arena still stands; NULL: nothing to do. */
    void (*reported)(const struct findings *f);
    /* Hears of locks and waits as they happen (record/sync.h): hot, on the program's threads,
     * inside the guard; no allocation from the program's heap, no I/O. NULL: does not listen. */
    void (*sync)(const struct sync_event *e);
    uint32_t hears; /* of which kinds: SYNC_HEARS */
    /* Called by the watchdog (session/watchdog.c) ten times a second while there is more than one
     * thread; true: something is wrong that cannot wait for the end (a deadlock, a hang). */
    bool (*tick)(uint64_t now_ns);
    /* A new mark; NULL: nothing to do. */
    void (*mark)(uint32_t epoch);
    /* In the child after fork; NULL: nothing to do. */
    void (*forked)(void);
};

#define DETECTOR(name) extern const struct detector csan__detector_##name;
#include "detect/detectors.inc"
#undef DETECTOR

/* Their order: 1u << i is the bit of the i-th, where some are told from others. */
enum detector_index {
#define DETECTOR(name) DETECTOR_##name,
#include "detect/detectors.inc"
#undef DETECTOR
    DETECTORS
};
_Static_assert(DETECTORS <= 32, "a bit each");

extern const struct detector *const csan__detectors[DETECTORS];

#endif
