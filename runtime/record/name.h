/* Names that the program gave to addresses: csan_name(&lock, "row_cache.lock").
 *
 *   address ──▶ entry ──▶ text      each distinct text is kept once, for ever
 *
 * An entry goes when its memory is freed or its lock destroyed; the text stays good, so that a
 * record may keep it. Texts are cut at 63 bytes; there are at most 65,536 of them, and what is
 * named beyond that has no name. Any thread, inside the guard. Needs base; used by record/sync
 * (forgets), detect/lock_name, session/public. */
#ifndef CSAN_RECORD_NAME_H
#define CSAN_RECORD_NAME_H

#include "base/base.h"

#define NAME_BYTES 63u

/* text NULL or empty: it has none any more. False: no room. */
bool csan__name_set(uintptr_t object, const char *text);
/* NULL: it has none. */
const char *csan__name_of(uintptr_t object);
void csan__name_forget(uintptr_t start, size_t bytes);

#endif
