/* A file written aside and renamed when it is whole: what was there is never half of something.
 *
 *     PATH.PID.part ──▶ PATH
 *
 * What is no regular file (/dev/stdout, a pipe, /dev/null) is written to as it is: a rename would
 * take its place away. Says what goes wrong. One thread. Needs nothing; used by merge.c, report.c
 * and ci.c. */
#ifndef CSAN_TOOLS_ASIDE_H
#define CSAN_TOOLS_ASIDE_H

#include <stdio.h>

struct aside {
    FILE *out;
    char *part; /* NULL: out is PATH itself */
    const char *path;
};

/* 0 or VERB_DARK. The path must stay. */
int csan__aside_open(struct aside *a, const char *path);
/* 0, and PATH is there; or VERB_DARK, and it is as it was. */
int csan__aside_close(struct aside *a);

#endif
