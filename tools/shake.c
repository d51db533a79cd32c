/* The runner's side of the hand-shake: a memfd page, and what its last state means. */
#include "tools/shake.h"

#include "tools/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define LOWEST_FD                                                                                  \
    10 /* never one that stands for stdin, stdout or stderr where these are closed                 \
        */

_Static_assert(sizeof(struct run_page) <= PAGE_BYTES, "the hand-shake fits its page");

/* The runtime finds the page under /proc/RUNNER: by the number that this /proc knows us by, which
 * in a container may be another than getpid's. */
static int name_page(int fd, struct text *why)
{
    char self[32] = "", value[64];
    ssize_t n = readlink("/proc/self", self, sizeof self - 1);
    if (n <= 0) {
        csan__text_format(why,
                          "/proc is not mounted, so csan cannot tell whether it comes up in the "
                          "program");
        return -ENOENT;
    }
    self[n] = '\0';
    snprintf(value, sizeof value, "/proc/%s/fd/%d", self, fd);
    return setenv(HANDSHAKE_VARIABLE, value, 1) == 0 ? 0 : -ENOMEM;
}

int csan__shake_make(struct shake *s, struct text *why)
{
    int low = memfd_create("csan", MFD_CLOEXEC);
    int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, LOWEST_FD);
    void *page = MAP_FAILED;
    if (low >= 0) {
        close(low);
    }
    /* `ulimit -f` counts for this too, and would end the runner by a signal. */
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    int sized = fd >= 0 ? ftruncate(fd, PAGE_BYTES) : -1;
    int error = errno;
    signal(SIGXFSZ, before);
    if (sized == 0) {
        page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (page == MAP_FAILED) {
        error = sized == 0 ? errno : error;
        csan__text_format(why, "cannot share memory with the program: %s", strerror(error));
        return -error;
    }
    s->page = page;
    s->fd = fd;
    s->page->shake.magic = HANDSHAKE_MAGIC;
    return name_page(fd, why);
}

/* Why csan is not in the image that replaced the program. */
static const char *reason_of_exec(const char *path)
{
    struct elf_facts facts;
    csan__elf_read(path, &facts);
    if (facts.set_uid || facts.set_gid || facts.capabilities) {
        return "which has privileges, so that nothing can be loaded into it";
    }
    if (facts.kind == FILE_ELF && facts.interpreter[0] == '\0') {
        return "which is statically linked";
    }
    return "with an environment that had no LD_PRELOAD";
}

bool csan__shake_is_good(const struct shake *s, const char *program, int wait_status,
                         struct text *why)
{
    const struct handshake *h = &s->page->shake;
    char path[sizeof h->exec_path + 1];
    switch (__atomic_load_n(&h->state, __ATOMIC_ACQUIRE)) {
    case HANDSHAKE_VERDICT:
        return true;
    case HANDSHAKE_EXEC:
        snprintf(path, sizeof path, "%.*s", (int)sizeof h->exec_path, h->exec_path);
        csan__text_format(why, "%s was not checked to its end: it was replaced by %s, %s", program,
                          path[0] == '\0' ? "another program" : path, reason_of_exec(path));
        return false;
    case HANDSHAKE_ARMED:
        csan__text_format(why, "%s ended without a verdict of csan's: %s", program,
                          WIFSIGNALED(wait_status) ? strsignal(WTERMSIG(wait_status))
                                                   : "it left by a system call of its own");
        return false;
    default:
        csan__text_format(why,
                          "csan did not come up inside %s: its dynamic linker did not load the "
                          "library",
                          program);
        return false;
    }
}
