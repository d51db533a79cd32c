/* The runner's side of the hand-shake (base/handshake.h): the page is made before the program
 * starts, and read when it has ended, to tell a program that was checked from one that was not.
 *
 * The program never sees a descriptor of it: the runtime opens it through /proc. Needs
 * base/handshake, elf; used by run.c. */
#ifndef CSAN_TOOLS_SHAKE_H
#define CSAN_TOOLS_SHAKE_H

#include "base/handshake.h"
#include "base/text.h"

/* The page; what follows the hand-shake is between the runner and its child before exec. */
struct run_page {
    struct handshake shake;
    int32_t exec_error; /* errno of an execve that failed */
};

struct shake {
    struct run_page *page;
    int fd;
};

/* Makes the page and puts HANDSHAKE_VARIABLE into the environment: 0; or -errno, and one sentence
 * in *why. */
int csan__shake_make(struct shake *s, struct text *why);
/* True when a verdict was given. Otherwise what went wrong, one sentence, in *why. */
bool csan__shake_is_good(const struct shake *s, const char *program, int wait_status,
                         struct text *why);

#endif
