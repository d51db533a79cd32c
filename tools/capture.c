/* What another program says, through a pipe. */
#include "tools/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(const char *const argv[], int out_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawn(pid, argv[0], &actions, NULL, (char **)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Reads to the end; what does not fit is dropped, so that the other side never waits. */
static void read_all(int fd, char *out, size_t room)
{
    size_t used = 0;
    char rest[4096];
    for (;;) {
        bool fits = used + 1 < room;
        ssize_t n = fits ? read(fd, out + used, room - 1 - used) : read(fd, rest, sizeof rest);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        used += fits && n > 0 ? (size_t)n : 0;
    }
    out[used] = '\0';
}

int csan__capture_run(const char *const argv[], char *out, size_t room)
{
    int ends[2], status = 0;
    pid_t pid = 0;
    out[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -errno;
    }
    int error = spawn(argv, ends[1], &pid);
    close(ends[1]);
    if (error == 0) {
        read_all(ends[0], out, room);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    if (error != 0) {
        return -error;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
