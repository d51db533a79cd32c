/* One name=value as a source has it, and the sentence that says what is wrong with it.
 *
 * The blaming ones give -EINVAL, for their callers to return. No state. Needs option_row.h and
 * nearest.h; used by options.c and options_help.c. */
#ifndef CSAN_BASE_OPTION_ITEM_H
#define CSAN_BASE_OPTION_ITEM_H

#include "base/option_row.h"

enum source { SOURCE_NONE, SOURCE_PROGRAM, SOURCE_LIST, SOURCE_VARIABLE };

/* A variable's name is without CSAN_. */
struct item {
    enum source source;
    const char *name, *value;
    size_t name_bytes, value_bytes;
};

#define ITEM_SHOWN_BYTES 80 /* of a name or a value in a message: the rest of it is to be seen */

/* On one line, and at most so many bytes of it. */
void csan__item_add_shown(struct text *t, const char *s, size_t n, size_t most);

int csan__item_blame(struct text *why, const struct item *it, const char *what);
int csan__item_blame_name(struct text *why, const struct item *it);
/* result: what csan__row_read gave. */
int csan__item_blame_value(struct text *why, const struct item *it, const struct row *r,
                           int result);

#endif
