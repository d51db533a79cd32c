/* Exit handlers that close stderr (GNU programs' close_stdout): the report is still to come. */
#include "hook/guard.h"

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
