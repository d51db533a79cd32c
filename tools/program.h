/* The program that is to be watched: found as a shell finds it, followed through its script
 * interpreters to the ELF file that the kernel will load, and judged.
 *
 * No state. Needs elf, base/text; used by run.c and doctor.c. */
#ifndef CSAN_TOOLS_PROGRAM_H
#define CSAN_TOOLS_PROGRAM_H

#include "base/text.h"
#include "tools/elf.h"

#include <limits.h>

struct program {
    char path[PATH_MAX];    /* what execve is given */
    char image[PATH_MAX];   /* the ELF file that runs: path's own, or a script's interpreter */
    struct elf_facts facts; /* of the image */
    bool by_shell;          /* text without `#!`: /bin/sh reads it */
};

/* 0; or -errno, and one sentence in *why. */
int csan__program_find(const char *name, struct program *out, struct text *why);
/* True, or one sentence in *why. A file that cannot be read may be watched: the hand-shake tells.
 */
bool csan__program_can_be_watched(const struct program *p, struct text *why);
/* Whether what `name` says of the image is said of the interpreter of a script. */
bool csan__program_is_script(const struct program *p);

#endif
