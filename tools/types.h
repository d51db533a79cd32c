/* Types: what lies at an offset of one, as people write it, by DWARF.
 *
 *   struct cache { int n; struct entry { char *key; struct row *row; } entries[8]; };
 *   offset 40 ──▶ `.entries[2].row`, a pointer to `struct row`
 *
 * Of a union the member that has a pointer there is named first. A struct whose last member is an
 * array without bounds goes on behind its size. No state; borrows the Dwarf. One thread. Needs
 * libdw, base/text; used by variables.c. */
#ifndef CSAN_TOOLS_TYPES_H
#define CSAN_TOOLS_TYPES_H

#include "base/text.h"

#include <elfutils/libdw.h>

/* Appends the path to the offset, "" when it is the whole; what it could not name as `+8`. *leaf:
 * the type there. */
void csan__types_path(const Dwarf_Die *type, uint64_t offset, struct text *out, Dwarf_Die *leaf);
/* The same for an offset from where a pointer to `type` points: `->next`, `[3].key`. */
void csan__types_follow(const Dwarf_Die *type, uint64_t offset, struct text *out, Dwarf_Die *leaf);
/* What a pointer of type `pointer` points to; false: it is none, or to void. */
bool csan__types_pointee(const Dwarf_Die *pointer, Dwarf_Die *out);
/* The type of a variable or member; false: it has none. */
bool csan__types_of(Dwarf_Die *die, Dwarf_Die *out);
/* Bytes; 0: unknown. */
uint64_t csan__types_size(const Dwarf_Die *type);
/* `struct row`, `row_t`, `std::string`, `char *`; "" for what has no name. */
void csan__types_name(const Dwarf_Die *type, struct text *out);
/* The name of a struct that is only declared here; NULL: it is no such. */
const char *csan__types_missing(const Dwarf_Die *type);

#endif
