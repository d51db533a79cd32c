/* Source text: one line of a file, as a report shows it; and the path by which people know a file.
 *
 * Each file is read once and kept with the places of its lines. Files that are missing, no regular
 * files, or too large give nothing. One thread; memory is given back by csan__source_free. Needs
 * nothing; used by symbolize.c. */
#ifndef CSAN_TOOLS_SOURCE_H
#define CSAN_TOOLS_SOURCE_H

#include "base/base.h"

#define SOURCE_INDENT_MAX 160 /* more blanks than that in front are left out altogether */
#define SOURCE_LINE_MAX 160   /* bytes shown of what follows them */
#define SOURCE_BYTES (SOURCE_INDENT_MAX + SOURCE_LINE_MAX + 1)

/* The line with the blanks in front of it, so that a column can be found in it; without those at
 * its end; tabs and control bytes within as spaces, cut at a whole UTF-8 letter. Always terminated;
 * "" when there is none. */
void csan__source_line(const char *path, uint32_t line, char out[SOURCE_BYTES]);
/* `/p/build/../src/./a.c` as `/p/src/a.c`, when that is the same file or neither is there. The
 * result stays good until csan__source_free. */
const char *csan__source_path(const char *path);
void csan__source_free(void);

#endif
