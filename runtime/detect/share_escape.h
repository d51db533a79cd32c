/* Escapes: pointers that the census found, one finding for each borrower and kind of end.
 *
 *   hit, its buffer ──▶ borrower, owner, end, note? ──▶ how many, the first places ──▶ finding
 *
 * Lives in the verdict's scratch memory. World stopped. Needs pointers, share_fault; used by
 * share_census alone. */
#ifndef CSAN_DETECT_SHARE_ESCAPE_H
#define CSAN_DETECT_SHARE_ESCAPE_H

#include "record/finding.h"
#include "record/place.h"
#include "record/share.h"
#include "record/world.h"

struct census;
struct escapes;

/* NULL: no memory. */
struct escapes *csan__escapes_open(struct census *of, const struct world *w, struct findings *out);
/* One more pointer into that buffer. Account frozen. False: no memory. */
bool csan__escapes_add(struct escapes *e, struct share_item *i, const struct place *p,
                       bool is_note);
/* A finding each. 0 or -ENOMEM. */
int csan__escapes_tell(const struct escapes *e);
/* These findings are shown: whose they are; NULL: none is of a census. */
struct census *csan__escapes_reported(const struct findings *f);
/* Was one of that buffer shown? */
bool csan__escapes_has_shown(struct escapes *e, const struct share_item *i, bool is_note);

#endif
