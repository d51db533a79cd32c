/* What another program says: run, its standard output read, its end awaited.
 *
 * Its standard input is empty, its standard error thrown away. Used by doctor.c for the dynamic
 * linker's list of libraries and for the helper. Needs nothing. */
#ifndef CSAN_TOOLS_CAPTURE_H
#define CSAN_TOOLS_CAPTURE_H

#include "base/base.h"

/* argv[0] is the path. Its exit status, 128 + N for signal N, or -errno; out holds what fitted. */
int csan__capture_run(const char *const argv[], char *out, size_t room);

#endif
