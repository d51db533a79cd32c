/* csan: marks and exceptions for code that is tested under csan.
 *
 * Including this header is never needed: csan watches without it. Code that does include it also
 * links and runs without the library (the symbols are weak), and with -DCSAN_DISABLE every call
 * compiles to nothing, its arguments still evaluated once. All functions are thread-safe. */
#ifndef CSAN_H
#define CSAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A moment in this process. Good until the process ends; in a forked child it means the fork. */
typedef uint64_t csan_mark_t;

/* Weak, for the program to define: read before main.
 *   const char *csan_default_options(void)        as CSAN_OPTIONS, which wins over it
 *   const char *csan_default_suppressions(void)   as the file of CSAN_SUPPRESSIONS, joined to it */
const char *csan_default_options(void);
const char *csan_default_suppressions(void);

#if !defined(__clang__) && __GNUC__ >= 11
#define CSAN_UNREAD __attribute__((access(none, 1))) /* *p need not be initialized */
#else
#define CSAN_UNREAD
#endif

#if !defined(CSAN_DISABLE) && (defined(__GNUC__) || defined(__clang__))

/* The library's own names; NULL where it is not there. */
#define CSAN_WEAK __attribute__((weak))
csan_mark_t csan_api_mark(void) CSAN_WEAK;
int csan_api_check(csan_mark_t since) CSAN_WEAK;
void csan_api_ignore(const void *p) CSAN_WEAK CSAN_UNREAD;
void csan_api_disable(void) CSAN_WEAK;
void csan_api_enable(void) CSAN_WEAK;
void csan_api_add_root(const void *p, size_t n) CSAN_WEAK CSAN_UNREAD;
void csan_api_remove_root(const void *p, size_t n) CSAN_WEAK CSAN_UNREAD;
int csan_api_who_points_at(const void *p, size_t n, int fd) CSAN_WEAK CSAN_UNREAD;
#undef CSAN_WEAK

/* Remember now. */
static inline csan_mark_t csan_mark(void)
{
    return csan_api_mark ? csan_api_mark() : 0;
}

/* Judges what happened since the mark, and prints the findings. Returns how many there are; they
 * count for the process's final status as well, and are not found a second time. */
static inline int csan_check(csan_mark_t since)
{
    return csan_api_check ? csan_api_check(since) : 0;
}

/* The block that p points into is no leak, nor is what it points to. Of anything else: nothing. */
CSAN_UNREAD static inline void csan_ignore(const void *p)
{
    if (csan_api_ignore)
        csan_api_ignore(p);
}

/* What this thread allocates between the two is not judged. They nest. */
static inline void csan_disable(void)
{
    if (csan_api_disable)
        csan_api_disable();
}

static inline void csan_enable(void)
{
    if (csan_api_enable)
        csan_api_enable();
}

/* n bytes at p are scanned for pointers, until they are removed with the same p and n. For memory
 * that csan cannot know: a device's, another process's. */
CSAN_UNREAD static inline void csan_add_root(const void *p, size_t n)
{
    if (csan_api_add_root)
        csan_api_add_root(p, n);
}

CSAN_UNREAD static inline void csan_remove_root(const void *p, size_t n)
{
    if (csan_api_remove_root)
        csan_api_remove_root(p, n);
}

/* Writes to fd, one line each, where pointers into the n bytes at p are stored: globals,
 * thread-locals, live blocks, live stacks, registers. Returns how many places there are; -1: there
 * was no memory to look. The caller's own variables are among them. */
CSAN_UNREAD static inline int csan_who_points_at(const void *p, size_t n, int fd)
{
    return csan_api_who_points_at ? csan_api_who_points_at(p, n, fd) : 0;
}

#else

static inline csan_mark_t csan_mark(void)
{
    return 0;
}

static inline int csan_check(csan_mark_t since)
{
    (void)since;
    return 0;
}

CSAN_UNREAD static inline void csan_ignore(const void *p)
{
    (void)p;
}

static inline void csan_disable(void)
{
}

static inline void csan_enable(void)
{
}

CSAN_UNREAD static inline void csan_add_root(const void *p, size_t n)
{
    (void)p;
    (void)n;
}

CSAN_UNREAD static inline void csan_remove_root(const void *p, size_t n)
{
    (void)p;
    (void)n;
}

CSAN_UNREAD static inline int csan_who_points_at(const void *p, size_t n, int fd)
{
    (void)p;
    (void)n;
    (void)fd;
    return 0;
}

#endif

#undef CSAN_UNREAD

#ifdef __cplusplus
}
#endif

#endif
