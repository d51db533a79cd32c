/* A call that may crash: damaged files can lead libdw astray, and a file that is rewritten while it
 * is mapped raises SIGBUS. Used around everything that reads a program's files.
 *
 * Catches SIGSEGV, SIGBUS, SIGFPE, SIGABRT, stack overflow too. What the call had allocated is
 * lost, and what it worked on must not be used again. One thread, not nested. Needs nothing; used
 * by symbolize.c and doctor.c. */
#ifndef CSAN_TOOLS_GUARD_H
#define CSAN_TOOLS_GUARD_H

/* 0; or what ended the call: the signal, or what csan__guard_leave was given. */
int csan__guard_call(void (*call)(void *arg), void *arg);
/* Out of the call, from any depth of it. reason: -errno. Outside of one: ends the process. */
_Noreturn void csan__guard_leave(int reason);
/* In words. */
const char *csan__guard_reason(int ended_by);

#endif
