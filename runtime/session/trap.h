/* Faults of share=precise: csan's handlers of SIGSEGV and SIGTRAP, ahead of the program's own.
 *
 *   store through a share ─▶ SIGSEGV ─▶ the page opened, one step ─▶ SIGTRAP ─▶ closed, told
 *   access through a guard ─▶ SIGSEGV ─▶ told, the guard taken away ─▶ the instruction again
 *   anything else ─▶ the program's handler, as if csan's were not there; or the end (fatal.c)
 *
 * The kernel has csan's handler with the program's own flags and mask; sigaction, signal and the
 * masks of threads are the program's as far as it can see (hook/signal.c). SIGSEGV is never really
 * blocked, not in the program's own handler of it either: there a mark in the mask, the bit of a
 * signal that nobody sends, stands for it, so that siglongjmp out of the handler ends that, too.
 * While a thread does its step all but its own faults are blocked; what other threads store into
 * that page then is missed.
 * Nothing of it in static programs (trap_static.c): precise is not to be had there. */
#ifndef CSAN_SESSION_TRAP_H
#define CSAN_SESSION_TRAP_H

#include "base/base.h"

#include <signal.h>

/* Before anything of the program's, where the option says precise. */
void csan__trap_start(void);
/* Are faults caught in this process, and is it this signal? */
bool csan__trap_is(int sig);
/* sigaction(2), for one of those. */
void csan__trap_action(int sig, const struct sigaction *act, struct sigaction *old);
/* A set that the program wants blocked, less what must not be. True: *set was changed. */
bool csan__trap_unblock(sigset_t *set);
/* What stands for it while a call waits: mask itself, or *room. */
const sigset_t *csan__trap_mask(const sigset_t *mask, sigset_t *room);
/* A thread's mask by the kernel, made what the program believes it to be. */
struct segv_view;
void csan__trap_show_mask(struct segv_view *t, sigset_t *mask);
/* A thread begins: what it inherited is not really blocked from here on. */
struct thread;
void csan__trap_thread_began(struct thread *t, bool is_blocked);
/* A call has stored what it was to: noted, and the test ends where it must. Inside. */
struct share_store;
void csan__trap_tell(const struct share_store *store);
/* Between a step and its end the process was forked. */
void csan__trap_forked(void);

#endif
