/* Streams: exit handlers that close stderr (GNU programs' close_stdout), when the report is still
 * to come; and what is read and written past the stream's own buffer. */
#include "hook/land.h"

#include <stdio.h>
#include <unistd.h>

/* Only on the way out: a daemon that closes its stderr must really let go of it. */
static void keep_if_exiting(void)
{
    struct full_regs at;
    if (csan__session_is_armed() && csan__session_at_exit_call(&at))
        csan__log_keep_stderr();
}

CSAN_API int fclose(FILE *stream)
{
    if (CSAN_UNLIKELY(stream == stderr))
        keep_if_exiting();
    csan__real_ready();
    return csan__real.fclose(stream);
}

CSAN_API int close(int fd)
{
    if (CSAN_UNLIKELY(fd == STDERR_FILENO))
        keep_if_exiting();
    csan__real_ready();
    return csan__real.close(fd);
}

/* A part of an item is read, too, and not told of by the result. */
static size_t read_into_share(const struct landing *l, void *home, size_t size, size_t n,
                              FILE *stream)
{
    size_t got = csan__real.fread(home, 1, size * n, stream);
    landed(l, (ssize_t)got);
    return got / size;
}

#define FREAD(to, size, n, stream, call)                                                           \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        struct landing landing;                                                                    \
        csan__real_ready();                                                                        \
        void *home = land(&landing, (to), (size) && (n), "fread", &at);                            \
        return CSAN_LIKELY(!landing.store.by)                                                      \
                   ? csan__real.call                                                               \
                   : read_into_share(&landing, home, (size), (n), (stream));                       \
    } while (0)

CSAN_API size_t fread(void *restrict to, size_t size, size_t n, FILE *restrict stream)
{
    FREAD(to, size, n, stream, fread(home, size, n, stream));
}

CSAN_API size_t fread_unlocked(void *restrict to, size_t size, size_t n, FILE *restrict stream)
{
    FREAD(to, size, n, stream, fread_unlocked(home, size, n, stream));
}

CSAN_API size_t __fread_chk(void *restrict to, size_t room, size_t size, size_t n,
                            FILE *restrict stream)
{
    FREAD(to, size, n, stream, __fread_chk(home, room, size, n, stream));
}

CSAN_API size_t fwrite(const void *restrict from, size_t size, size_t n, FILE *restrict stream)
{
    LIFT(from, size && n, "fwrite", fwrite(from, size, n, stream));
}

CSAN_API size_t fwrite_unlocked(const void *restrict from, size_t size, size_t n,
                                FILE *restrict stream)
{
    LIFT(from, size && n, "fwrite", fwrite_unlocked(from, size, n, stream));
}
