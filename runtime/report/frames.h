/* Stacks as lines of a page: what is worth a line, and what goes into it.
 *
 *     at row_new src/cache.c:41                     a frame
 *     at walk src/tree.c:7 (4 times)                the same frame several times in a row
 *     … 6 frames of libfoo                          a fold of frames that are not the program's
 *     held by thread 7: at pool_get src/pool.c:31   a party
 *
 * No state. Needs page.h, origin.h; used by text.c. */
#ifndef CSAN_REPORT_FRAMES_H
#define CSAN_REPORT_FRAMES_H

#include "report/page.h"
#include "report/report.h"

/* Lines that the stack would fill. */
uint32_t csan__frames_rows(const struct trace *t);
/* At most `lines` lines, the last of which then says how many frames are left. */
void csan__frames_stack(struct page *p, const struct trace *t, uint32_t lines);

/* The n-th frame of a party that is worth showing: the program's own, if there are any. NULL: there
 * are fewer. */
const struct frame *csan__frames_of_party(const struct trace *t, uint32_t n);
/* At most `frames` frames, the first on the line of the label. */
void csan__frames_party(struct page *p, const struct finding_party *party, const struct trace *t,
                        uint32_t frames);

/* "libfoo.so+0x1234", or what is known of it. */
void csan__frames_module(struct text *out, const struct frame *f);

#endif
