/* Compilation units of one file's DWARF: which functions, inlined ones too, is this address in, and
 * at which line of each?
 *
 *   units ── spans ──▶ unit ── spans of its functions ──▶ function DIE ──▶ inlined DIEs below it
 *                        └──── rows of its line table
 *
 * Nothing of a unit is read before an address of it is asked for. The ranges come from the units
 * themselves, since clang writes no .debug_aranges. Addresses are those of the DWARF file. Borrows
 * the Dwarf, owns the rest; the strings in a place are the Dwarf's. One thread. Needs span, libdw;
 * used by names.c. */
#ifndef CSAN_TOOLS_UNITS_H
#define CSAN_TOOLS_UNITS_H

#include "base/base.h"

#include <elfutils/libdw.h>

#define PLACES_MAX 128

/* One frame: a function and where in it. */
struct place {
    Dwarf_Die function;
    bool has_function;  /* false: only the line is known */
    bool inlined;       /* into the place that follows */
    const char *file;   /* NULL: unknown */
    const char *folder; /* what the file is relative to; NULL: nothing that is known */
    uint32_t line, column;
};

struct units;

/* 0 or -ENOMEM. */
int csan__units_open(Dwarf *dwarf, struct units **out);
/* Innermost first; returns how many, at most PLACES_MAX. 0: no unit of this file has it. */
unsigned csan__units_find(struct units *u, uint64_t address, struct place places[PLACES_MAX]);
size_t csan__units_count(const struct units *u);
void csan__units_close(struct units *u);

#endif
