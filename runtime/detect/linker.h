/* What the dynamic linker allocates for itself: thread-local storage and its tables (DTV). libc keeps
 * them with the stacks of ended threads, for the next ones: nobody's leak. Needs record. */
#ifndef CSAN_DETECT_LINKER_H
#define CSAN_DETECT_LINKER_H

#include "base/base.h"

/* True when the call that took this stack came from the dynamic linker's own code. */
bool csan__linker_took(uint32_t stack);

#endif
