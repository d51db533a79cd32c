/* A stand-in for libcsan.so that only shakes hands, so that the runner can be tested by itself.
 * FAKE_STATE=none: never came up; armed: came up, no verdict; else a verdict at exit. */
#include "base/handshake.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static struct handshake *page;

EXPORT void csan_mark(void);
EXPORT _Noreturn void _exit(int status);
EXPORT int execve(const char *path, char *const argv[], char *const envp[]);

void csan_mark(void)
{
}

static int is_state(const char *word)
{
    const char *state = getenv("FAKE_STATE");
    return state != NULL && strcmp(state, word) == 0;
}

static void set_state(enum handshake_state state)
{
    if (page != NULL && page->pid == getpid()) {
        page->state = state;
    }
}

__attribute__((constructor)) static void come_up(void)
{
    const char *path = getenv(HANDSHAKE_VARIABLE);
    int fd = path == NULL || is_state("none") ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) {
        close(fd);
    }
    if (at != MAP_FAILED && ((struct handshake *)at)->magic == HANDSHAKE_MAGIC) {
        page = at;
        set_state(HANDSHAKE_ARMED);
    }
}

__attribute__((destructor)) static void give_verdict(void)
{
    if (!is_state("armed")) {
        set_state(HANDSHAKE_VERDICT);
    }
}

void _exit(int status)
{
    give_verdict();
    for (;;) {
        syscall(SYS_exit_group, status);
    }
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    if (page != NULL) {
        snprintf(page->exec_path, sizeof page->exec_path, "%s", path);
        set_state(HANDSHAKE_EXEC);
    }
    return (int)syscall(SYS_execve, path, argv, envp);
}
