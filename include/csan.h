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

/* A finding, as csan_on_report gets it. Strings are never NULL and good during the call; "" and 0:
 * not known. Later versions add members at the end. */
struct csan_report {
    uint32_t version;        /* 1 */
    uint32_t line, column;   /* of the place in file */
    const char *kind;        /* "leak" */
    const char *message;     /* "2.0 KiB in 32 blocks never freed" */
    const char *fingerprint; /* "1a2b3c4d" */
    const char *file, *function;
    const char *test;
    uint64_t amount, count; /* bytes, ns or a number; blocks, threads, occurrences */
};

/* Weak, for the program to define, and a place for a breakpoint: called once for each finding that
 * fails, after the report is written, by the thread that judges. No lock of csan's is held; a check
 * inside it finds nothing. When the process ends by a signal it runs in that signal's handler. */
void csan_on_report(const struct csan_report *report);

#if !defined(__clang__) && __GNUC__ >= 11
#define CSAN_UNREAD __attribute__((access(none, 1))) /* *p need not be initialized */
#else
#define CSAN_UNREAD
#endif

/* What has happened since a mark, all threads together. */
struct csan_stats {
    uint64_t allocations; /* malloc, new, realloc …; a realloc is a free as well */
    uint64_t frees;
    uint64_t bytes;       /* allocated: as many as were asked for */
    uint64_t live_blocks; /* allocated since the mark, and not freed */
    uint64_t live_bytes;  /* in them */
    uint64_t peak_bytes;  /* the most that lived at once, beyond what lived at the mark */
    uint64_t temporary;   /* blocks that the thread's very next heap call freed */
    uint64_t slack_bytes; /* of live_blocks: usable, and not asked for */
    uint64_t lock_waits;  /* waits for locks, and how long */
    uint64_t lock_wait_ns;
};

#if !defined(CSAN_DISABLE) && (defined(__GNUC__) || defined(__clang__))

/* Growth is told by call stacks, and a loop that was unrolled has one for each copy of its body. */
#if defined(__clang__)
#define CSAN_ONCE __attribute__((noduplicate))
#else
#define CSAN_ONCE
#endif

/* The library's own names; NULL where it is not there. */
#define CSAN_WEAK __attribute__((weak))
csan_mark_t csan_api_mark(void) CSAN_WEAK;
int csan_api_check(csan_mark_t since) CSAN_WEAK;
void csan_api_ignore(const void *p) CSAN_WEAK CSAN_UNREAD;
void csan_api_disable(void) CSAN_WEAK;
void csan_api_enable(void) CSAN_WEAK;
void csan_api_name(const void *object, const char *name) CSAN_WEAK CSAN_UNREAD;
void csan_api_add_root(const void *p, size_t n) CSAN_WEAK CSAN_UNREAD;
void csan_api_remove_root(const void *p, size_t n) CSAN_WEAK CSAN_UNREAD;
int csan_api_who_points_at(const void *p, size_t n, int fd) CSAN_WEAK CSAN_UNREAD;
void csan_api_round(const char *name) CSAN_WEAK CSAN_ONCE;
csan_mark_t csan_api_repeat_begin(long long n, const char *where) CSAN_WEAK;
void csan_api_repeat_end(csan_mark_t since) CSAN_WEAK;
void csan_api_label(const char *key, const char *value) CSAN_WEAK;
int csan_api_dump(const char *kind, const char *path) CSAN_WEAK;
struct csan_stats csan_api_stats(csan_mark_t since) CSAN_WEAK;
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

/* What reports call this lock or buffer (63 bytes of the name are kept; it is copied), until its
 * memory is freed, its lock destroyed, or it gets another name; NULL: none. */
CSAN_UNREAD static inline void csan_name(const void *object, const char *name)
{
    if (csan_api_name)
        csan_api_name(object, name);
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

/* One repetition of `name` has ended. Memory that is still reachable and becomes more with each
 * round, and does not come to a plateau, is a finding (growth), judged from the third round on by
 * csan_check, CSAN_REPEAT and the end of the process. The first rounds may fill caches and pools;
 * ten rounds or more tell best. */
CSAN_ONCE static inline void csan_round(const char *name)
{
    if (csan_api_round)
        csan_api_round(name);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" /* in C++, of the struct's constructor */
/* All 0 without the library. Since 0 means the start of the process (before main; what libraries
 * took before csan was there is not counted). A static program, and a plugin that alone calls this,
 * is counted from the first mark or csan_stats on: only what lives is of the whole process then. */
static inline struct csan_stats csan_stats(csan_mark_t since)
{
    struct csan_stats none = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    return csan_api_stats ? csan_api_stats(since) : none;
}
#pragma GCC diagnostic pop

/* What is behind CSAN_REPEAT, below. */
struct csan_repeat {
    long long left;
    const char *where;
    csan_mark_t since;
};

static inline struct csan_repeat csan__repeat_begin(long long n, const char *where)
{
    struct csan_repeat r = {n, where, csan_api_repeat_begin ? csan_api_repeat_begin(n, where) : 0};
    __asm__("" : "+r"(r.left)); /* how often is not to be known, or the loop would be unrolled */
    return r;
}

CSAN_ONCE static inline void csan__repeat_next(struct csan_repeat *r)
{
    r->left--;
    if (csan_api_round)
        csan_api_round(r->where);
}

#undef CSAN_ONCE

static inline void csan__repeat_end(struct csan_repeat *r)
{
    if (csan_api_repeat_end)
        csan_api_repeat_end(r->since);
}

#define CSAN_REPEAT_END __attribute__((cleanup(csan__repeat_end)))

/* Labels this thread in profiles, until another value takes this one's place; NULL ends it. Both
 * texts are copied and kept; at most eight keys a thread, more are left out. */
static inline void csan_label(const char *key, const char *value)
{
    if (csan_api_label)
        csan_api_label(key, value);
}

/* Writes a profile of now to path, in pprof's format: "heap", "allocs", "mutex", "block" or
 * "threads". What was allocated and waited for is counted from the start where CSAN_OUT is set,
 * else from the first csan_dump on. 0, or a negative errno: -EINVAL for another kind. */
static inline int csan_dump(const char *kind, const char *path)
{
    return csan_api_dump ? csan_api_dump(kind, path) : 0;
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

CSAN_UNREAD static inline void csan_name(const void *object, const char *name)
{
    (void)object;
    (void)name;
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

static inline void csan_round(const char *name)
{
    (void)name;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" /* in C++, of the struct's constructor */
static inline struct csan_stats csan_stats(csan_mark_t since)
{
    struct csan_stats s = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    (void)since;
    return s;
}
#pragma GCC diagnostic pop

struct csan_repeat {
    long long left;
};

static inline struct csan_repeat csan__repeat_begin(long long n, const char *where)
{
    struct csan_repeat r = {n};
    (void)where;
    return r;
}

static inline void csan__repeat_next(struct csan_repeat *r)
{
    r->left--;
}

#define CSAN_REPEAT_END

static inline void csan_label(const char *key, const char *value)
{
    (void)key;
    (void)value;
}

static inline int csan_dump(const char *kind, const char *path)
{
    (void)kind;
    (void)path;
    return 0;
}

#endif

/* CSAN_REPEAT(20) { … } runs the block 20 times, with a round after each, and judges growth at the
 * end. `continue` ends a round; `break`, `goto` and `return` out of it end the repetition: the
 * round they are in is not counted, those before it are judged. (longjmp out of it, as a failing
 * assertion of Check's does with CK_FORK=no, leaves the judging to the end of the process.) */
#ifdef __cplusplus
#define CSAN_REPEAT_COUNT(n) static_cast<long long>(n)
#else
#define CSAN_REPEAT_COUNT(n) (long long)(n)
#endif
#define CSAN_REPEAT_TEXT(x) #x
#define CSAN_REPEAT_JOIN(a, b) a##b
#define CSAN_REPEAT_IN(n, line, r)                                                                 \
    for (struct csan_repeat r CSAN_REPEAT_END =                                                    \
             csan__repeat_begin(CSAN_REPEAT_COUNT(n), __FILE__ ":" CSAN_REPEAT_TEXT(line));        \
         r.left > 0; csan__repeat_next(&r))
#define CSAN_REPEAT_AT(n, line) CSAN_REPEAT_IN(n, line, CSAN_REPEAT_JOIN(csan_repeat_, line))
#define CSAN_REPEAT(n) CSAN_REPEAT_AT(n, __LINE__)

/* Assertions of Check's, where check.h is included (before or after this header): since the mark,
 * at most n. Without the library, and with -DCSAN_DISABLE, they pass. Check allocates in each of
 * its own assertions, which counts; in these it does not unless they fail. */
#define CSAN_CK_LE(field, mark, n, words)                                                          \
    do {                                                                                           \
        uint64_t csan_was_ = csan_stats(mark).field, csan_max_ = (uint64_t)(n);                    \
        if (csan_was_ > csan_max_)                                                                 \
            ck_abort_msg("%llu %s since %s, more than %llu", (unsigned long long)csan_was_, words, \
                         #mark, (unsigned long long)csan_max_);                                    \
    } while (0)
#define ck_assert_csan_allocs_le(mark, n) CSAN_CK_LE(allocations, mark, n, "allocations")
#define ck_assert_csan_bytes_le(mark, n) CSAN_CK_LE(bytes, mark, n, "bytes allocated")
#define ck_assert_csan_peak_le(mark, n) CSAN_CK_LE(peak_bytes, mark, n, "bytes at once")

#undef CSAN_UNREAD

#ifdef __cplusplus
}
#endif

#endif
