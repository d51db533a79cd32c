/* The process's mappings, as /proc/self/maps tells them. No state; csan's own memory only. */
#ifndef CSAN_RECORD_MAPS_H
#define CSAN_RECORD_MAPS_H

#include "base/arena.h"
#include "record/world.h"

/* All mappings, ascending, in `scratch`. Returns their number, or -errno (no /proc, no memory). */
long csan__maps_read(struct arena *scratch, struct mapping **out);
/* Those of w, in its scratch: 0 or -errno. Without /proc there are none, and that is no error. */
int csan__maps_of_world(struct world *w);
/* The mapping that holds addr. False: none, or no /proc. */
bool csan__maps_find(uintptr_t addr, struct range *out);

#endif
