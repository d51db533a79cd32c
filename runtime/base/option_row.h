/* One row of the option table: what may be written for it, and what that means.
 *
 * The rows stand in the order of options.inc, which makes them; `help`, read like the others and
 * shown nowhere, is the last. Constant; no state. Needs text.h; used by option_item.c, options.c
 * and options_help.c. */
#ifndef CSAN_BASE_OPTION_ROW_H
#define CSAN_BASE_OPTION_ROW_H

#include "base/options.h"

enum kind {
    KIND_SIZE,
    KIND_DURATION,
    KIND_NUMBER,
    KIND_SWITCH,
    KIND_CHOICE,
    KIND_CHOICES,
    KIND_STRING
};

struct row {
    const char *name;
    const char *preset;
    const char *words; /* see options.inc: words, choices, what */
    const char *sentence;
    uint64_t lo, hi; /* of a number */
    size_t field;    /* in struct options */
    enum kind kind;
};

enum {
#define OPTION_SIZE(name, ...) ROW_##name,
#define OPTION_DURATION(name, ...) ROW_##name,
#define OPTION_NUMBER(name, ...) ROW_##name,
#define OPTION_SWITCH(name, ...) ROW_##name,
#define OPTION_CHOICE(name, ...) ROW_##name,
#define OPTION_CHOICES(name, ...) ROW_##name,
#define OPTION_STRING(name, ...) ROW_##name,
#include "base/options.inc"
    ROWS_SHOWN,
    ROWS /* with help */
};

extern const struct row csan__row_all[ROWS];

/* 0, -EINVAL: not of the row's kind, -ERANGE: too large or outside lo to hi. Of a string: 0. */
int csan__row_read(const struct row *r, const char *s, size_t n, uint64_t *out);

/* One word of a row's list, which are parted by blanks. */
struct word {
    const char *at;
    size_t length;
};

/* The first word of *list, which then begins behind it; false: there is none. */
bool csan__row_next_word(const char **list, struct word *out);
/* "first, a, b or c"; first may be NULL. */
void csan__row_add_list(struct text *t, const char *first, const char *list);
/* "1 to 256" */
void csan__row_add_range(struct text *t, const struct row *r);

#endif
