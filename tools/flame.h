/* Stacks added up to a tree: what a flame graph shows.
 *
 * A node is a function below its callers; its value is its own and that of all it calls. Stacks of
 * many profiles may go into one tree. What is too small to be seen (under 0.1 % of all) is written
 * as one node "other" of its parent. Texts are copied. Needs pprof_read; used by format_html. */
#ifndef CSAN_TOOLS_FLAME_H
#define CSAN_TOOLS_FLAME_H

#include "tools/pprof_read.h"

#include <stdio.h>

struct flame;

/* NULL: no memory. */
struct flame *csan__flame_new(void);
void csan__flame_free(struct flame *f);
/* frames: innermost first. Of a stack without end, the outermost 512 are kept. */
void csan__flame_add(struct flame *f, const struct profile_frame *frames, uint32_t n,
                     uint64_t value);
/* One type's values of a profile. */
void csan__flame_add_profile(struct flame *f, const struct profile *p, uint32_t type);
uint64_t csan__flame_total(const struct flame *f);
/* {"f":function,"l":file,"n":line,"v":value,"c":[…]} as JSON that may stand in a page's script. */
void csan__flame_put(const struct flame *f, FILE *out);
/* A JSON string, its quotes included, in which nothing can end a script element. */
void csan__flame_put_string(const char *s, FILE *out);

#endif
