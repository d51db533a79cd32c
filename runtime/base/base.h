/* What every file of the runtime may use: fixed-width types, compiler words, checks.
 *
 * CSAN_CHECK   guards our own invariants; always on; a failure is a bug of csan's, reported as
 * such. CSAN_DCHECK  the same where it is costly; only with -DCSAN_DEBUG. Needs nothing; used by
 * everyone. */
#ifndef CSAN_BASE_BASE_H
#define CSAN_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSAN_API __attribute__((visibility("default")))
#define CSAN_LIKELY(x) __builtin_expect(!!(x), 1)
#define CSAN_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define CSAN_HOT __attribute__((hot))
#define CSAN_COLD __attribute__((cold, noinline))
#define CSAN_NOINLINE __attribute__((noinline))
#define CSAN_ALWAYS_INLINE inline __attribute__((always_inline))
#define CSAN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#define CSAN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One thread-local word a module at most: initial-exec, so that a hook never enters ld.so. */
#define CSAN_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))

/* Writes one line on stderr and ends the process with status 87 (os_linux.c). */
_Noreturn CSAN_COLD void csan__base_broken(const char *file, int line, const char *what);

#define CSAN_CHECK(cond)                                                                           \
    (CSAN_LIKELY(cond) ? (void)0 : csan__base_broken(__FILE__, __LINE__, #cond))
#ifdef CSAN_DEBUG
#define CSAN_DCHECK(cond) CSAN_CHECK(cond)
#else
#define CSAN_DCHECK(cond) ((void)sizeof(cond))
#endif

static inline size_t csan__base_round_up(size_t n, size_t to)
{
    return (n + to - 1) & ~(to - 1);
}

#endif
