/* Names for places: where a pointer is stored, in the words of the program's source.
 *
 *   global cache.entries[2].row (src/cache.c:12)
 *   heap block of 64 bytes allocated at src/row.c:31, offset 8 (->next)
 *
 * Variables, fields and types come from the helper (symbol.h's D and T), else from its symbol
 * table, else there are module and offset. Along a chain each block has the type that the pointer
 * to it has, as far as types lead. One verdict at a time (LOCK_SESSION). Needs ask; used by
 * session, text.c. */
#ifndef CSAN_REPORT_PLACE_H
#define CSAN_REPORT_PLACE_H

#include "base/text.h"
#include "record/finding.h"
#include "report/page.h"
#include "report/symbol.h"

struct named_place {
    const struct place *place;
    const char *name; /* `cache.rows[3]`, of what follows `->next`; "": unknown */
    const char *file; /* of a variable's declaration; "": unknown */
    uint32_t line;
    const char *pointee; /* type that the pointer points to; "": unknown */
    struct trace trace;  /* heap: of the allocation, filled in by the caller */
};

/* The names of n places; succeeds always, with less detail where the helper is missing. */
void csan__place_resolve(struct arena *scratch, const struct place *places, size_t n,
                         struct named_place *out);
/* One place as above. type: what the pointer to its block says of it; "": nothing. */
void csan__place_put(struct text *out, const struct named_place *p, const char *type,
                     const char *cwd);

/* The places of a finding as lines of a page, and how many lines that are:
 *
 *     held by global cache.entries (src/cache.c:12)
 *       → struct entry of 64 KiB allocated at src/cache.c:31, offset 128 ([8].row)
 *       → struct row of 64 bytes allocated at src/row.c:5
 *     which alone keeps 12 KiB in 30 blocks alive
 */
void csan__place_lines(struct page *page, const struct finding *f, const struct named_place *named);
uint32_t csan__place_rows(const struct finding *f);

#endif
