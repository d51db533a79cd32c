/* A gzip file (RFC 1952) whose data is stored, not squeezed: what reads gzip reads it, and nothing
 * but a checksum is needed to write it.
 *
 *   add ──▶ buffer ──full──▶ one stored block (RFC 1951, 3.2.4) ──▶ descriptor
 *
 * One thread at a time; no allocation. The first failed write is remembered, and end returns it.
 * Needs base/os; used by report/pprof. */
#ifndef CSAN_REPORT_GZIP_H
#define CSAN_REPORT_GZIP_H

#include "base/base.h"

#define GZIP_BUFFER_BYTES 16384u

struct gzip {
    int fd;
    uint32_t used;
    uint32_t crc, bytes; /* of all data so far; bytes modulo 2^32 */
    long error;          /* 0 or -errno */
    uint8_t buffer[GZIP_BUFFER_BYTES];
};

void csan__gzip_begin(struct gzip *z, int fd);
void csan__gzip_add(struct gzip *z, const void *data, size_t n);
/* The last block and the checksum. 0 or -errno of whatever failed first. */
long csan__gzip_end(struct gzip *z);

#endif
