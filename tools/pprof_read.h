/* Profiles read: pprof's format in gzip, as report/pprof.c and Go's runtime write it.
 *
 *     file ─▶ gunzip ─▶ fields ─▶ strings, functions, locations ─▶ samples, outermost frame last
 *
 * All or nothing: what is cut, damaged or contradicts itself is refused. What is unknown is
 * skipped, as protocol buffers ask. Texts are valid UTF-8 and never NULL, and live as long as the
 * profile. Needs zlib; used by folded.c, flame.c and format_html. */
#ifndef CSAN_TOOLS_PPROF_READ_H
#define CSAN_TOOLS_PPROF_READ_H

#include "base/base.h"

#define PROFILE_BYTES_MAX ((size_t)512 << 20) /* unpacked */

struct profile_type {
    const char *type, *unit;
};

/* A line of code. */
struct profile_frame {
    const char *function; /* "libc.so.6+0x1234", in the file, where there is no name */
    const char *file;     /* "": unknown */
    uint32_t line;
};

/* Where: its code, inlined functions first. Frames of one location follow each other. */
struct profile_place {
    uint32_t first, count; /* in profile.frames */
};

struct profile_sample {
    const uint32_t *places; /* in profile.places, innermost first */
    uint32_t nplaces;
    const int64_t *values;     /* one a type */
    const char *const *labels; /* key, value, key, value, … */
    uint32_t nlabels;          /* pairs */
};

struct profile {
    struct profile_type *types;
    struct profile_frame *frames;
    struct profile_place *places;
    struct profile_sample *samples;
    uint32_t ntypes, nframes, nplaces, nsamples;
    uint32_t preset; /* the type to show first */
    uint64_t time_ns, duration_ns;
};

/* NULL: *why is half a sentence, "is cut". profile_free frees it. */
struct profile *csan__profile_read(const char *path, const char **why);
/* The same of bytes that are there. */
struct profile *csan__profile_read_bytes(const void *bytes, size_t n, const char **why);
void csan__profile_free(struct profile *p);
/* The index of a sample type; -1: there is none of this name. */
int csan__profile_type(const struct profile *p, const char *type);

#endif
