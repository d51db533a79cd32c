/* The operating system, and nothing else of it: the one seam between csan and the kernel.
 *
 * Every call is a raw system call: no errno, no cancellation point, no interposed symbol, safe in a
 * signal handler. Results are as the kernel gives them: a value, or -errno.
 * Memory from csan__os_map is zeroed, private, and charged to csan, never to the program.
 * Implemented in os_linux.c (os_x86_64.h holds the instruction). Needs base.h; used by everyone. */
#ifndef CSAN_BASE_OS_H
#define CSAN_BASE_OS_H

#include "base/base.h"

#define CSAN_PAGE ((size_t)4096)

/* memory */
void *csan__os_map(size_t bytes);        /* NULL: no memory. Reserved lazily (MAP_NORESERVE). */
void *csan__os_map_shared(size_t bytes); /* shared with forked children */
void csan__os_unmap(void *p, size_t bytes);
bool csan__os_owns(const void *p); /* in memory from the two above */
/* Test seam: the Nth mapping from now fails, once (0: none does). make's CSAN_FAIL_NTH=N does it to
 * the whole library, from its start. */
void csan__os_fail_nth(unsigned n);
long csan__os_protect(void *p, size_t bytes, int prot);
/* All of it will be used: in huge pages where there are some. */
void csan__os_dense(void *p, size_t bytes);
void csan__os_discard(void *p, size_t bytes); /* back to zero pages */
/* Copies bytes at `from` in this process to `to`; returns how many could be read (0: none). */
size_t csan__os_read_memory(void *to, const void *from, size_t bytes);

/* files: descriptors are opened close-on-exec */
long csan__os_open(const char *path, int flags, int mode);
long csan__os_close(int fd);
long csan__os_read(int fd, void *to, size_t bytes); /* retried on EINTR */
long csan__os_pread(int fd, void *to, size_t bytes, uint64_t at);
long csan__os_write(int fd, const void *from, size_t bytes);     /* one call */
long csan__os_write_all(int fd, const void *from, size_t bytes); /* 0 or -errno */
long csan__os_readlink(const char *path, char *to, size_t bytes);
long csan__os_rename(const char *from, const char *to);
long csan__os_unlink(const char *path);
long csan__os_file_size(int fd);
bool csan__os_is_terminal(int fd);
/* Whole file into memory of csan's (csan__os_unmap'd by the caller with *map_bytes). */
long csan__os_slurp(const char *path, char **text, size_t *bytes, size_t *map_bytes);

/* processes and threads */
int csan__os_pid(void);
int csan__os_tid(void);
long csan__os_tgkill(int pid, int tid, int sig);
_Noreturn void csan__os_exit(int status); /* exit_group, at once */
uint64_t csan__os_now_ns(void);           /* CLOCK_MONOTONIC */
uint64_t csan__os_unix_seconds(void);
long csan__os_futex_wait(uint32_t *word, uint32_t seen, uint64_t timeout_ns); /* 0: no time-out */
long csan__os_futex_wake(uint32_t *word, int how_many);
void csan__os_yield(void);

/* Calls fn(arg) with the stack pointer at `top`; comes back to the caller's stack. */
void csan__os_call_on_stack(void *top, void (*fn)(void *), void *arg);

/* A child process on the stack that ends at top runs fn(arg), which ends by exec or exit. flags are
 * clone(2)'s, CLONE_VM among them; with CLONE_CHILD_CLEARTID the
 * kernel clears the first word at arg, and wakes who waits there, when it has ended. Its pid, or
 * -errno. */
long csan__os_clone(unsigned long flags, void *top, int (*fn)(void *), void *arg);

/* Valgrind runs this program: it ends one that calls csan__os_clone, and asks it nothing. */
bool csan__os_in_valgrind(void);

/* The return from a signal handler set by the raw system call. */
void csan__os_sigreturn(void);

/* The raw instruction, for what has no name here. */
long csan__os_syscall(long nr, long a, long b, long c, long d, long e, long f);

#endif
