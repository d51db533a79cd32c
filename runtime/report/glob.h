/* Patterns of suppressions and of the focus option: `*` wild, `^` and `$` anchors, as
 * LeakSanitizer has them. Without anchors a pattern matches anywhere in its subject; `$` is an
 * anchor at the end of a pattern only, `^` at its start only.
 *
 * A glob points into its pattern's text. No state. Needs nothing; used by suppress.c; the rest of
 * its interface, csan__glob_matches and csan__focus_matches, is in report.h. */
#ifndef CSAN_REPORT_GLOB_H
#define CSAN_REPORT_GLOB_H

#include "base/base.h"

struct glob {
    const char *at, *end; /* without the anchors */
    bool from_start, to_end;
};

struct glob csan__glob_read(const char *pattern, size_t length);
/* At most the product of both lengths in time. Nothing fits an empty subject. */
bool csan__glob_fits(const struct glob *g, const char *subject);

#endif
