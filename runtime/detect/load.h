/* How busy the machine is: so that a slow lock is told apart from a loaded machine. Reads /proc;
 * microseconds a call; keeps nothing. Any thread. Needs record/proc; used by detect/wait and
 * detect/hold. */
#ifndef CSAN_DETECT_LOAD_H
#define CSAN_DETECT_LOAD_H

#include "base/base.h"
#include "base/text.h"

struct load {
    uint32_t runnable; /* threads of the machine that run or could run; 0: not known */
    uint32_t cores;    /* that this process may run on */
};

struct load csan__load_now(void);
uint32_t csan__load_cores(void);
/* "5 threads could run on 2 cores then" */
void csan__load_say(const struct load *l, struct text *t);

#endif
