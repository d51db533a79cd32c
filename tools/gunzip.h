/* Profiles as they lie in files: gzip, unpacked in memory.
 *
 * The caller frees what comes out. Errors are half a sentence: "is cut", "is no profile". Needs
 * zlib; used by pprof_read.c. */
#ifndef CSAN_TOOLS_GUNZIP_H
#define CSAN_TOOLS_GUNZIP_H

#include <stddef.h>
#include <stdint.h>

#define GUNZIP_NO_MEMORY "does not fit into memory"

struct unpacked {
    uint8_t *bytes; /* from malloc, NULL when there is an error */
    size_t count;
};

/* NULL, or why not; more than `most` bytes, packed or unpacked, are refused. */
const char *csan__gunzip(const void *bytes, size_t n, size_t most, struct unpacked *out);
const char *csan__gunzip_file(const char *path, size_t most, struct unpacked *out);

#endif
