/* The functions behind the interposed symbols.
 *
 * real_dynamic.c finds them with dlsym(RTLD_NEXT) at the first hook, and serves what dlsym itself
 * allocates from a small bootstrap heap; real_static.c names libc.a's own aliases. A function that
 * this libc does not have is NULL: its hook is never reached, or says so by ENOSYS.
 * csan__real is constant once csan__real_ready() has returned true. */
#ifndef CSAN_HOOK_REAL_H
#define CSAN_HOOK_REAL_H

#include "base/base.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <dirent.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#undef fread_unlocked /* macros of libc's, where it inlines */
#undef fwrite_unlocked

struct real {
#define HOOK(type, name, params) type(*name) params;
#include "hook/hooks.inc"
#undef HOOK
};

extern struct real csan__real;
/* malloc, free and malloc_usable_size are glibc's own: sizes may be read from the chunk header. */
extern bool csan__real_is_glibc_heap;

/* False while the look-up itself is running on this thread: serve from the bootstrap heap. */
bool csan__real_ready(void);
/* Null when there is no room; zeroed; never given back. */
void *csan__real_bootstrap_alloc(size_t align, size_t bytes);
/* Usable bytes of a bootstrap block; 0: p is none. */
size_t csan__real_bootstrap_size(const void *p);

/* In the shared library a hook has the symbol's own name; in the archive the linker script gives
 * the name to csan_hook_NAME (see make/build.mk). */
#ifdef CSAN_STATIC
#define HOOK_NAME(name) csan_hook_##name
#else
#define HOOK_NAME(name) name
#endif

#define HOOK(type, name, params) CSAN_API type HOOK_NAME(name) params;
#define OWN HOOK
#include "hook/hooks.inc"
#undef HOOK

#endif
