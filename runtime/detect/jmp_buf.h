/* A jmp_buf: the registers that setjmp has put away.
 *
 * It is known by what follows in it: an rsp and a pc that are mixed with the thread's secret, of
 * which one is a stack's and the other a module's. World stopped. Needs memory, readable; used by
 * share_census. */
#ifndef CSAN_DETECT_JMP_BUF_H
#define CSAN_DETECT_JMP_BUF_H

#include "record/place.h"

/* Is the word at p one of the registers in a jmp_buf? */
bool csan__jmp_buf_holds(const struct place *p);

#endif
