/* A call that may crash: damaged files can lead libdw astray, and a file that is rewritten while it
 * is mapped raises SIGBUS. Used around everything that reads a program's files.
 *
 * Catches SIGSEGV, SIGBUS, SIGFPE, SIGABRT, stack overflow too. What the call had allocated is
 * lost, and what it worked on must not be used again. One thread, not nested. Needs nothing; used
 * by symbolize.c and doctor.c. */
#ifndef CSAN_TOOLS_GUARD_H
#define CSAN_TOOLS_GUARD_H

/* 0, or the signal that ended the call. */
int csan__guard_call(void (*call)(void *arg), void *arg);

#endif
