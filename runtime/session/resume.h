/* A system call that a signal of csan's broke off is begun again, so that the program sees no EINTR
 * that was not there, and a time-out that counts from the call's beginning keeps its end.
 *
 * Who sleeps in a call that a hook told of is sent none by stop.c; this is for other calls, for
 * where there is no /proc, and for the dump signal.
 *
 * Called in the signal's handler, on the thread itself. Needs record/thread, record/sync; used by
 * stop.c and dump_signal.c. Limits: a socket's own time-out (SO_RCVTIMEO) begins anew, and so does
 * the time of a call that no hook has seen. */
#ifndef CSAN_SESSION_RESUME_H
#define CSAN_SESSION_RESUME_H

#include "record/task.h"

#include <ucontext.h>

/* Between the program's call and the kernel's lie the frames of a hook and of libc. A signal's
 * frame is larger: a sleep in a handler is not the one that is recorded. */
#define RESUME_FRAMES_BYTES 1024u

/* call: the number of the system call that the thread slept in, where that is known from elsewhere
 * (it stood at `pc` then); negative: it is not. */
void csan__resume_call(ucontext_t *uc, long call, uintptr_t pc);

#endif
