/* Options: every one is a row of options.inc, which yields its field here, its parser, CSAN_HELP,
 * the man page's table and docs/options.md.
 *
 *   CSAN_<NAME>  wins over  CSAN_OPTIONS=name=value:name='a:b'  wins over  csan_default_options()
 *
 * Read once at start; constant afterwards, so any thread may read csan__options. All texts are
 * copied: the program may change its environment. Sizes are bytes, durations ns; `off` is
 * OPTION_OFF, `auto` is OPTION_AUTO; every other number is at most INT64_MAX.
 * Needs text alone (the csan command links it too); used by everyone above base. */
#ifndef CSAN_BASE_OPTIONS_H
#define CSAN_BASE_OPTIONS_H

#include "base/base.h"
#include "base/text.h"

#define OPTION_OFF UINT64_MAX
#define OPTION_AUTO (UINT64_MAX - 1)

/* Values of OPTION_CHOICE fields: places in their rows' lists. */
enum option_share { SHARE_OFF, SHARE_CHEAP, SHARE_PRECISE, SHARE_STRESS };
enum option_on_mutation { ON_MUTATION_CONTINUE, ON_MUTATION_STOP };
enum option_stack_walk { STACK_WALK_QUICK, STACK_WALK_FULL };
enum option_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum option_dump_signal { DUMP_OFF, DUMP_HUP, DUMP_QUIT, DUMP_USR1, DUMP_USR2 };
/* Bits of options.format. */
enum option_format {
    FORMAT_TEXT = 1 << 0,
    FORMAT_JSONL = 1 << 1,
    FORMAT_JUNIT = 1 << 2,
    FORMAT_SARIF = 1 << 3,
    FORMAT_GITHUB = 1 << 4,
    FORMAT_GITLAB = 1 << 5,
    FORMAT_TAP = 1 << 6,
};

struct options {
#define OPTION_SIZE(name, ...) uint64_t name;
#define OPTION_DURATION(name, ...) uint64_t name;
#define OPTION_NUMBER(name, ...) uint64_t name;
#define OPTION_SWITCH(name, ...) bool name;
#define OPTION_CHOICE(name, ...) uint32_t name;
#define OPTION_CHOICES(name, ...) uint32_t name;
#define OPTION_STRING(name, ...) const char *name; /* NULL: none */
#include "base/options.inc"
    /* Read with them, but no rows: */
    bool help;        /* CSAN_HELP: print csan__options_help at start */
    bool no_color;    /* NO_COLOR is set, and not empty */
    bool force_color; /* FORCE_COLOR is set, not empty and not 0 */
    bool dumb_term;   /* TERM=dumb */
};

/* All zero until csan__options_read has been called. */
extern struct options csan__options;

/* Reads all three sources: 0, or at a bad one -EINVAL and one sentence in *why (no "csan: " before
 * it, no newline) with the name, the value, what would be right and the nearest known name; then
 * the terminal's fields stand, the rest are the presets.
 * environment, defaults_of_program: may be NULL. Variables that are not CSAN_*, and those that
 * begin with CSAN__, and CSAN_PATH, are not looked at, but for NO_COLOR, FORCE_COLOR and TERM. */
int csan__options_read(char **environment, const char *defaults_of_program, struct text *why);

/* The value in force as it was set, else the preset ("0", "4KiB", "off"): for "> max_leak=0".
 * Both are by the row's name; of an unknown one: "", false. */
const char *csan__options_as_set(const char *name);
bool csan__options_was_set(const char *name);

/* The strings are good during the call. */
struct option_row {
    const char *name;
    const char *type;  /* what may be written: "size or off", "auto, always or never", "1 to 256" */
    const char *value; /* in force */
    const char *preset; /* "": none */
    const char *sentence;
    bool was_set;
};
/* Calls emit once a row, in order: for man pages and the like. */
void csan__options_each(void (*emit)(const struct option_row *row, void *arg), void *arg);

/* CSAN_HELP=1: the table with the values in force, wrapped at width (0: 80), line by line, each
 * shorter than 500 bytes. */
void csan__options_help(int width, void (*emit)(const char *line, void *arg), void *arg);
/* docs/options.md, line by line. Depends on the table alone, not on what was set. */
void csan__options_markdown(void (*emit)(const char *line, void *arg), void *arg);

#endif
