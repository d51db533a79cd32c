/* The runtime's options as arguments of the command: --max-leak=4KiB is CSAN_MAX_LEAK=4KiB.
 *
 * Generated from the rows of base/options.inc, so that a new option is an argument at once. Needs
 * base/options; used by run.c and main.c. */
#ifndef CSAN_TOOLS_ARGUMENTS_H
#define CSAN_TOOLS_ARGUMENTS_H

#include "base/base.h"

/* Puts the options in front of the program's name into the environment, and checks all that the
 * environment says then. *first: index of the program's name (argc: there is none). 0, or
 * VERB_DARK when it has said why not. */
int csan__arguments_take(int argc, char **argv, int *first);
/* The table for `csan help run`. */
void csan__arguments_print(void);

#endif
