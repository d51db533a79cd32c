/* rep movs and rep stos into a share: one instruction of many stores, done by csan all at once.
 * Stepped, it would trap after each element.
 *
 * Called in the handler of the fault, on the thread itself (trap_dynamic.c); needs record/colour.
 * Elements that lie across the end of the buffer's pages are left to the instruction. */
#ifndef CSAN_SESSION_STRING_STORE_H
#define CSAN_SESSION_STRING_STORE_H

#include "base/base.h"

#include <ucontext.h>

/* Stores through the owner's address, and moves the registers on. False: it is another
 * instruction, or nothing could be done. */
bool csan__string_store_do(ucontext_t *uc);

#endif
