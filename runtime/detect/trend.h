/* Trend: does a series of levels keep growing, or does it come to a plateau? A pure function.
 *
 * The levels are one stack's live memory at the end of each round, so what matters is not how high
 * they go but what is kept for good. Two envelopes tell that, and both must grow:
 *
 *   high[i] = max(level[0..i])      a peak that has been there before is no growth
 *   low[i]  = min(level[i..n-1])    what is given back later was not kept
 *
 *     level  ╱|╱|╱|╱  saw-tooth: high is flat after the first tooth, low until the last
 *            ╱▔▔▔▔▔▔  plateau: both flat in the end
 *            ╱╱╱╱╱╱╱  growth: both rise all along
 *
 * With TREND_LONG levels or more, the first quarter is warm-up (lazy singletons, pools that fill
 * up), and of the rest each envelope must
 *
 *   rise in each fifth        a vector that doubles, or a table that is rehashed, stands still in
 *                             between, longer each time
 *   not fade                  its later half must rise by 9/10 of what the earlier does; interning
 *                             tables, logarithms and caches that fill up by chance rise ever less
 *   not have come to rest     the flat end must be no longer than the longest flat piece before:
 *                             what rose in each round and then once did not has found its bound
 *
 * With 3 to TREND_LONG - 1 levels there is no such evidence: then each step must be up, and none be
 * more than a quarter larger than another. The first round is warm-up there.
 *
 * What this cannot see, and what calls for more rounds: growth that stands still for longer than a
 * fifth of the series; and it takes for growth what fills up evenly to a bound beyond the last
 * round. No state. Needs nothing; used by growth. */
#ifndef CSAN_DETECT_TREND_H
#define CSAN_DETECT_TREND_H

#include "base/base.h"

#define TREND_LONG 10u
#define TREND_MAX 64u /* levels */

/* n <= TREND_MAX levels, evenly spaced. */
bool csan__trend_rises(const uint64_t *level, uint32_t n);
/* Index of the first level after warm-up. */
uint32_t csan__trend_warm(uint32_t n);

#endif
