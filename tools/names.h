/* Names for the addresses of one ELF file: functions, files and lines from its DWARF (in the file,
 * in a separate one found by build-id or debug link, or from debuginfod), else functions from its
 * symbol tables.
 *
 * debuginfod is asked only when DEBUGINFOD_URLS is set and not empty. Owns what it opens. One
 * thread; inside a guarded call (guard.h), which libdw is left by when memory runs out. Needs
 * units, variables, span, demangle, guard, libdwfl; used by symbolize.c and doctor.c. */
#ifndef CSAN_TOOLS_NAMES_H
#define CSAN_TOOLS_NAMES_H

#include "base/base.h"

#define BUILD_ID_BYTES_MAX 64

struct names;

/* A frame with its names, good during the call that hands it over. */
struct spot {
    const char *function; /* "??": unknown */
    const char *file;     /* "": unknown */
    uint32_t line, column;
    bool inlined; /* into the spot that follows */
};

/* Once, before the first file. */
void csan__names_start(void);
/* 0 and *out, or -1 and one sentence in *why (static or libdw's). */
int csan__names_open(const char *path, struct names **out, const char **why);
/* The build-id of the file on disk; returns its length, 0: none. */
size_t csan__names_build_id(struct names *n, uint8_t out[BUILD_ID_BYTES_MAX]);
/* Innermost first; returns how many spots were handed to take (0: nothing is known). */
unsigned csan__names_find(struct names *n, uint64_t address,
                          void (*take)(const struct spot *spot, void *arg), void *arg);
/* What is asked of data: a variable, and what pointers from it on lead to. */
struct data {
    uint64_t address; /* thread_local: in the image of thread-locals */
    bool thread_local;
    const uint64_t *steps; /* offsets, each from where the pointer before points to */
    size_t nsteps;
};
/* The variable first, then a spot a step: function is its name (`cache.rows[3]`, `->next`), file
 * and line are its declaration's. pointee: the type it points to, "" when unknown. As many spots as
 * are known; returns how many. */
unsigned csan__names_find_data(struct names *n, const struct data *data,
                               void (*take)(const struct spot *spot, const char *pointee,
                                            void *arg),
                               void *arg);
/* The file that the DWARF is in; NULL: there is none. */
const char *csan__names_debug_file(struct names *n);
/* Functions known from symbol tables. */
size_t csan__names_symbol_count(struct names *n);
void csan__names_close(struct names *n);

#endif
