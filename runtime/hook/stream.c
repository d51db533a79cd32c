/* Streams: exit handlers that close stderr (GNU programs' close_stdout), when the report is still
 * to come; and what is read into a share past the stream's own buffer. */
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

CSAN_API size_t fread(void *restrict to, size_t size, size_t n, FILE *restrict stream)
{
    struct regs at = REGS_OF_CALLER();
    struct landing landing;
    csan__real_ready();
    void *home = land(&landing, to, "fread", &at);
    size_t got = csan__real.fread(home, size, n, stream);
    landed(&landing, got > 0);
    return got;
}

CSAN_API size_t __fread_chk(void *restrict to, size_t room, size_t size, size_t n,
                            FILE *restrict stream)
{
    struct regs at = REGS_OF_CALLER();
    struct landing landing;
    csan__real_ready();
    void *home = land(&landing, to, "fread", &at);
    size_t got = csan__real.__fread_chk(home, room, size, n, stream);
    landed(&landing, got > 0);
    return got;
}
