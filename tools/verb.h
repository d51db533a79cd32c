/* A verb of the csan command: `csan VERB …`. One file a verb, one row in main.c's table.
 *
 * The command is a process of its own: it may use libc, libdw and whatever else does the job. It
 * says what it has to say in one sentence a line on stderr, and answers with a status: 0, or
 * VERB_DARK when csan could not check. Needs nothing; used by every file of tools/. */
#ifndef CSAN_TOOLS_VERB_H
#define CSAN_TOOLS_VERB_H

#include "base/base.h"

#define VERB_DARK 87 /* could not check, or not what was asked for: never green */

struct verb {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb's name */
    const char *usage;                 /* what stands behind `csan`, one line */
    const char *sentence;              /* one line for the table of verbs */
    const char *help;                  /* the rest of `csan help VERB`, or NULL */
    bool lists_options;                /* the help ends with the table of options */
};

int csan__run_verb(int argc, char **argv);
int csan__symbolize_verb(int argc, char **argv);
int csan__doctor_verb(int argc, char **argv);
int csan__report_verb(int argc, char **argv);
int csan__show_verb(int argc, char **argv);
int csan__merge_verb(int argc, char **argv);
int csan__baseline_verb(int argc, char **argv);
int csan__ci_verb(int argc, char **argv);
int csan__folded_verb(int argc, char **argv);
int csan__explain_verb(int argc, char **argv);
int csan__supp_verb(int argc, char **argv);
int csan__diff_verb(int argc, char **argv);

/* "csan: SENTENCE\n" on stderr. */
CSAN_PRINTF(1, 2) void csan__say(const char *format, ...);
/* The same; returns VERB_DARK. */
CSAN_PRINTF(1, 2) int csan__say_dark(const char *format, ...);
/* p, of which NULL means that there is no memory: then that is said, and this is the end. */
void *csan__need(void *p);
/* Whether colours belong on this descriptor: a terminal, and no NO_COLOR. */
bool csan__say_in_color(int fd);

#endif
