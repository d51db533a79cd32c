/* Where csan's own parts are: the library that is loaded into programs, and the command that names
 * addresses for it.
 *
 * Looked for where CSAN_PATH says (the command, its folder, or the folder above), then around this
 * very file: ../lib, ../lib64, ../lib/MACHINE, and beside it. Needs elf, base/text; used by run.c
 * and doctor.c. */
#ifndef CSAN_TOOLS_LIBRARY_H
#define CSAN_TOOLS_LIBRARY_H

#include "base/text.h"

#include <limits.h>

#define LIBRARY_NAME "libcsan.so.0"

/* An absolute path that LD_PRELOAD can hold: 0; or -errno, and one sentence in *why. */
int csan__library_find(char out[PATH_MAX], struct text *why);
/* The csan command where the runtime looks for it from that library: 0 or -ENOENT. */
int csan__library_find_helper(const char *library, char out[PATH_MAX]);

#endif
