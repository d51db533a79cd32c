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

#if !defined(CSAN_DISABLE) && (defined(__GNUC__) || defined(__clang__))

#define CSAN_WEAK(name) __asm__(#name) __attribute__((weak))
csan_mark_t csan_weak_mark(void) CSAN_WEAK(csan_mark);
int csan_weak_check(csan_mark_t since) CSAN_WEAK(csan_check);
void csan_weak_ignore(const void *p) CSAN_WEAK(csan_ignore);
void csan_weak_disable(void) CSAN_WEAK(csan_disable);
void csan_weak_enable(void) CSAN_WEAK(csan_enable);
void csan_weak_add_root(const void *p, size_t n) CSAN_WEAK(csan_add_root);
void csan_weak_remove_root(const void *p, size_t n) CSAN_WEAK(csan_remove_root);
#undef CSAN_WEAK

/* Remember now. */
static inline csan_mark_t csan_mark(void)
{
    return csan_weak_mark ? csan_weak_mark() : 0;
}

/* Judges what happened since the mark, and prints the findings. Returns how many there are; they
 * count for the process's final status as well, and are not found a second time. */
static inline int csan_check(csan_mark_t since)
{
    return csan_weak_check ? csan_weak_check(since) : 0;
}

/* The block that p points into is no leak, nor is what it points to. Of anything else: nothing. */
static inline void csan_ignore(const void *p)
{
    if (csan_weak_ignore)
        csan_weak_ignore(p);
}

/* What this thread allocates between the two is not judged. They nest. */
static inline void csan_disable(void)
{
    if (csan_weak_disable)
        csan_weak_disable();
}

static inline void csan_enable(void)
{
    if (csan_weak_enable)
        csan_weak_enable();
}

/* n bytes at p are scanned for pointers, until they are removed with the same p and n. For memory
 * that csan cannot know: a device's, another process's. */
static inline void csan_add_root(const void *p, size_t n)
{
    if (csan_weak_add_root)
        csan_weak_add_root(p, n);
}

static inline void csan_remove_root(const void *p, size_t n)
{
    if (csan_weak_remove_root)
        csan_weak_remove_root(p, n);
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

static inline void csan_ignore(const void *p)
{
    (void)p;
}

static inline void csan_disable(void)
{
}

static inline void csan_enable(void)
{
}

static inline void csan_add_root(const void *p, size_t n)
{
    (void)p;
    (void)n;
}

static inline void csan_remove_root(const void *p, size_t n)
{
    (void)p;
    (void)n;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
