/* Variables of one file's DWARF: which variable is at this address (static ones of functions too),
 * or at this offset of the thread-locals' image, and what is it called at that offset?
 *
 *   units ── DIEs of variables ──▶ spans ──▶ variable ── types.c ──▶ `cache.entries[3].row`
 *                                                           └─ pointee ──▶ `->next`, one a step
 *
 * Read whole on first use. Addresses are those of the DWARF file. Borrows the Dwarf, owns the rest.
 * One thread. Needs types, span, demangle, libdw; used by names.c. */
#ifndef CSAN_TOOLS_VARIABLES_H
#define CSAN_TOOLS_VARIABLES_H

#include "base/base.h"
#include "base/text.h"

#include <elfutils/libdw.h>

struct variables;

/* A variable, or what a pointer in it leads to: good until the next call. */
struct variable {
    const char *name;   /* `cache.entries[3].row`; of a step `->next`; "??": unknown */
    const char *file;   /* of the declaration; NULL: unknown */
    const char *folder; /* what the file is relative to; NULL: nothing that is known */
    uint32_t line;
    const char *pointee; /* the type it points to, `struct row`; "": unknown */
};

/* 0 or -ENOMEM. */
int csan__variables_open(Dwarf *dwarf, struct variables **out);
/* False: nothing is known of it. */
bool csan__variables_find(struct variables *v, uint64_t address, bool thread_local,
                          struct variable *out);
/* From the pointer that was found or followed last, `offset` bytes from where it points to. False:
 * nothing is known, nor will be of what follows. */
bool csan__variables_follow(struct variables *v, uint64_t offset, struct variable *out);
void csan__variables_close(struct variables *v);

#endif
