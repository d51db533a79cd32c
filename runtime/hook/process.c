/* The ends of a process that do not go through exit's handlers, and the children it waits for. */
#include "hook/nap.h"
#include "record/unwind.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

/* In a hook: the verdict, with the state of the hook's caller as what is live. */
#define END(how, status) end((how), (status), (uintptr_t)__builtin_return_address(0))

static CSAN_NOINLINE int end(enum ending how, int status, uintptr_t caller)
{
    struct full_regs at;
    csan__session_caller_state(caller, &at);
    return csan__session_end(how, status, &at);
}

CSAN_API void HOOK_NAME(_exit)(int status)
{
    status = END(ENDING_IMMEDIATE, status);
    csan__real_ready();
    csan__real._exit(status);
    __builtin_unreachable();
}

CSAN_API void HOOK_NAME(_Exit)(int status)
{
    HOOK_NAME(_exit)(status);
    __builtin_unreachable();
}

/* The program's at_quick_exit handlers come first; csan's own, registered at start, is the last. */
CSAN_API void HOOK_NAME(quick_exit)(int status)
{
    csan__session_quick_exit(status);
    csan__real_ready();
    csan__real.quick_exit(status);
    __builtin_unreachable();
}

CSAN_API void HOOK_NAME(abort)(void)
{
    END(ENDING_SIGNAL, SIGABRT);
    csan__real_ready();
    csan__real.abort();
    __builtin_unreachable();
}

CSAN_API pid_t HOOK_NAME(_Fork)(void)
{
    csan__session_before_fork();
    pid_t pid = csan__real._Fork ? csan__real._Fork() : fork();
    csan__session_after_fork(pid == 0);
    return pid;
}

/* An image is replaced: the verdict comes first, and is taken back to "armed" when exec fails. */
#define EXEC(path, call)                                                                           \
    do {                                                                                           \
        csan__real_ready();                                                                        \
        csan__session_exec_begins(path);                                                           \
        END(ENDING_EXEC, 0);                                                                       \
        int result = call;                                                                         \
        csan__session_exec_failed();                                                               \
        return result;                                                                             \
    } while (0)

CSAN_API int HOOK_NAME(execve)(const char *path, char *const argv[], char *const envp[])
{
    EXEC(path, csan__real.execve(path, argv, envp));
}

CSAN_API int HOOK_NAME(execv)(const char *path, char *const argv[])
{
    EXEC(path, csan__real.execv(path, argv));
}

CSAN_API int HOOK_NAME(execvp)(const char *file, char *const argv[])
{
    EXEC(file, csan__real.execvp(file, argv));
}

CSAN_API int HOOK_NAME(execvpe)(const char *file, char *const argv[], char *const envp[])
{
    EXEC(file, csan__real.execvpe(file, argv, envp));
}

CSAN_API int HOOK_NAME(fexecve)(int fd, char *const argv[], char *const envp[])
{
    EXEC("(descriptor)", csan__real.fexecve(fd, argv, envp));
}

CSAN_API int HOOK_NAME(execveat)(int fd, const char *path, char *const argv[], char *const envp[],
                                 int flags)
{
    EXEC(path, csan__real.execveat ? csan__real.execveat(fd, path, argv, envp, flags)
                                   : (errno = ENOSYS, -1));
}

static size_t count_arguments(va_list list)
{
    size_t n = 1;
    while (va_arg(list, const char *))
        n++;
    return n;
}

/* Puts first and what follows it, the closing NULL included, into argv. */
#define GATHER(argv, first)                                                                        \
    const char *volatile zeroth = (first); /* libc's header swears that it is never NULL */        \
    va_list list;                                                                                  \
    va_start(list, first);                                                                         \
    size_t argc = zeroth ? count_arguments(list) : 0;                                              \
    va_end(list);                                                                                  \
    char *argv[argc + 1];                                                                          \
    va_start(list, first);                                                                         \
    argv[0] = (char *)(uintptr_t)zeroth;                                                           \
    for (size_t i = 1; i <= argc; i++)                                                             \
    argv[i] = va_arg(list, char *)

CSAN_API int HOOK_NAME(execl)(const char *path, const char *first, ...)
{
    GATHER(argv, first);
    va_end(list);
    return HOOK_NAME(execv)(path, argv);
}

CSAN_API int HOOK_NAME(execlp)(const char *file, const char *first, ...)
{
    GATHER(argv, first);
    va_end(list);
    return HOOK_NAME(execvp)(file, argv);
}

CSAN_API int HOOK_NAME(execle)(const char *path, const char *first, ...)
{
    GATHER(argv, first);
    char *const *envp = va_arg(list, char *const *);
    va_end(list);
    return HOOK_NAME(execve)(path, argv, envp);
}

static pid_t reaped(pid_t pid, const int *status)
{
    if (pid > 0)
        csan__family_reaped(pid, *status);
    return pid;
}

/* What is passed on, and what is asked for besides: the status that the family is told of. */
#define REAP(name, timed, to, call)                                                                \
    do {                                                                                           \
        struct regs at = REGS_OF_CALLER();                                                         \
        pid_t pid;                                                                                 \
        NAP_INTO(pid, SYNC_PROCESS, 0, name, timed, call);                                         \
        return reaped(pid, to);                                                                    \
    } while (0)

CSAN_API pid_t HOOK_NAME(wait)(int *status)
{
    int seen = 0;
    int *volatile to = status ? status : &seen; /* is the same after a cancellation */
    REAP("wait", false, to, wait(to));
}

CSAN_API pid_t HOOK_NAME(waitpid)(pid_t which, int *status, int options)
{
    int seen = 0;
    int *volatile to = status ? status : &seen; /* is the same after a cancellation */
    if (options & WNOHANG)
        return reaped(csan__real_ready() ? csan__real.waitpid(which, to, options) : -1, to);
    REAP("waitpid", false, to, waitpid(which, to, options));
}

CSAN_API pid_t HOOK_NAME(wait3)(int *status, int options, struct rusage *usage)
{
    int seen = 0;
    int *volatile to = status ? status : &seen; /* is the same after a cancellation */
    REAP("wait3", options & WNOHANG, to, wait3(to, options, usage));
}

CSAN_API pid_t HOOK_NAME(wait4)(pid_t which, int *status, int options, struct rusage *usage)
{
    int seen = 0;
    int *volatile to = status ? status : &seen; /* is the same after a cancellation */
    REAP("wait4", options & WNOHANG, to, wait4(which, to, options, usage));
}

CSAN_API int HOOK_NAME(waitid)(idtype_t type, id_t id, siginfo_t *info, int options)
{
    struct regs at = REGS_OF_CALLER();
    int result;
    NAP_INTO(result, SYNC_PROCESS, id, "waitid", options & WNOHANG,
             waitid(type, id, info, options));
    if (result == 0 && info && info->si_code == CLD_EXITED && !(options & WNOWAIT))
        csan__family_reaped(info->si_pid, (info->si_status & 0xff) << 8);
    return result;
}
