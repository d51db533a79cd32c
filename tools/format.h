/* Formats that records are converted to: one file a format, one row in report.c's table.
 *
 *     begin ─▶ record, record, … ─▶ end
 *
 * A format writes as it is fed, and keeps no record. One conversion of a format at a time: what it
 * counts it begins anew in begin. Needs record.h; used by report.c, ci.c. */
#ifndef CSAN_TOOLS_FORMAT_H
#define CSAN_TOOLS_FORMAT_H

#include "tools/record.h"

#include <stdio.h>

struct format {
    const char *name;
    const char *extension; /* of DIR/PROGRAM.PID.EXT; NULL: it is for one file alone */
    void (*begin)(FILE *out);
    void (*record)(FILE *out, const struct record *r);
    void (*end)(FILE *out);
};

extern const struct format csan__format_text, csan__format_jsonl, csan__format_junit,
    csan__format_sarif, csan__format_github, csan__format_summary, csan__format_gitlab,
    csan__format_tap, csan__format_html;

/* All records through one format: what csan__records_each says, or VERB_DARK when out is full. */
int csan__report_convert(const struct format *format, FILE *out, char *const *paths, int npaths);

/* NULL: there is none of this name. */
const struct format *csan__format_find(const char *name, size_t length);
/* "text, jsonl, …" */
const char *csan__format_names(void);

/* Several processes may have found the same. */
struct seen; /* NULL: nothing yet */
/* True the first time. */
bool csan__seen_first(struct seen **in, const char *program, const struct shown *s);
void csan__seen_free(struct seen **in);

/* n bytes of valid UTF-8 as text of XML or HTML, in an element or a quoted attribute: what is no
 * character there is U+FFFD. */
void csan__format_markup(FILE *out, const char *s, size_t n);

/* The finding's text as the terminal has it, without colour; from malloc. */
char *csan__format_plain(const struct record *r, const struct shown *s);

#endif
