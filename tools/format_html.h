/* What the files of the page share: text made harmless, one finding's card, the charts' data.
 *
 *     format_html.c           the run: gathers, sorts, fills page.html
 *     format_html_finding.c   one finding as a card that needs no JavaScript
 *     format_html_figures.c   its figures, drawn
 *     format_html_locks.c     the locks of the records, each with its histogram
 *     format_html_charts.c    the profiles of the folder: flame graphs, waits, threads
 *     page.html .css .js      what is embedded (format_html_assets.c)
 *
 * Texts of the program's go through html_put alone, or as JSON that holds no `<`. Needs record.h,
 * flame.h, locks.h; used by these files. */
#ifndef CSAN_TOOLS_FORMAT_HTML_H
#define CSAN_TOOLS_FORMAT_HTML_H

#include "tools/flame.h"
#include "tools/record.h"

#include <stdio.h>

extern const char csan__page_html[], csan__page_css[], csan__page_js[];

#define HTML_TEXT_MAX 4000u /* bytes of one text; what is longer says so */

/* Valid UTF-8 for an element or a quoted attribute. */
void csan__html_put(FILE *out, const char *s);

/* The inside of a finding's card but for its first line, which counts processes. */
void csan__html_finding(FILE *out, const struct record *r, const struct shown *s,
                        const struct record_extra *extra);

/* Drawings of a finding's figures; nothing where it has none. */
void csan__html_rounds(FILE *out, const struct finding *f);
void csan__html_times(FILE *out, const struct shown *s);
/* limit: of one time, in ns; 0: there is none. */
void csan__html_histogram(FILE *out, const struct finding_times *t, uint64_t limit);
void csan__html_duration(FILE *out, uint64_t ns);

struct lock_sums;
void csan__html_locks_add(struct lock_sums *all, const struct record *r);
void csan__html_locks(struct lock_sums *all, FILE *out);

/* What is gathered of the profiles in the records' folders. */
struct charts;
struct charts *csan__charts_new(void);
void csan__charts_free(struct charts *c);
/* The folder of a record's file: read once. */
void csan__charts_folder(struct charts *c, const char *record);
void csan__charts_leak(struct charts *c, const struct shown *s);
/* Tables that need no JavaScript. */
void csan__charts_tables(struct charts *c, FILE *out);
/* [{"id","name","unit","tree"}…] */
void csan__charts_json(const struct charts *c, FILE *out);

#endif
