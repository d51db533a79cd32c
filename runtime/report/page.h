/* Lines for people: at most 100 columns, foreign text made harmless, colours where they are wanted.
 *
 * A page writes into a text of its caller's. What comes from the program (names, paths) loses its
 * control bytes, and what is no UTF-8 becomes U+FFFD: a function's name cannot repaint a terminal.
 * A column is a code point. One owner
 * at a time. Needs text.h; used by text.c. */
#ifndef CSAN_REPORT_PAGE_H
#define CSAN_REPORT_PAGE_H

#include "base/text.h"

#define PAGE_COLUMNS 100
#define PAGE_INDENT 4 /* of all lines but the first */

enum ink { INK_PLAIN, INK_PLACE, INK_ERROR, INK_KIND, INK_CARET, INK_LABEL, INK_DIM };

struct page {
    struct text *out;
    const char *prefix; /* of every line but the first */
    const char *cwd;    /* files below it are shown relative */
    bool color;
    bool has_line;
};

/* Ends the line before, if there is one. */
void csan__page_line(struct page *p);
void csan__page_ink(struct page *p, enum ink ink); /* INK_PLAIN: back to normal */
void csan__page_put(struct page *p, const char *s);
/* A name that an editor is to open: bytes that are no UTF-8 stay. */
void csan__page_put_file(struct page *p, const char *s);
void csan__page_put_in(struct page *p, enum ink ink, const char *s);
void csan__page_blanks(struct page *p, uint32_t n);

/* Where a text that is too wide loses its middle. */
enum cut {
    CUT_NAME,   /* half of it before the mark */
    CUT_PATH,   /* a third: the file's name is at the end */
    CUT_SOURCE, /* all of it */
    CUT_GLOB,   /* as CUT_NAME, with a star for the mark, so that it still matches */
};
void csan__page_put_short(struct page *p, const char *s, uint32_t columns, enum cut cut);

uint32_t csan__page_columns(const char *s);
/* What of s stands in that column, from 0, and behind. */
const char *csan__page_from(const char *s, uint32_t column);

#endif
