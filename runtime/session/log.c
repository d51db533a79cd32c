/* Where reports go: stderr, or log_path.PID. The file is open only while something is written: csan
 * leaves no descriptor behind. Never a descriptor that has meanwhile become something else. */
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define STDERR 2

static struct {
    int fd; /* -1: not open */
    bool stderr_was_open;
    uint64_t stderr_device, stderr_inode;
    bool failed_once;
    int kept; /* a second descriptor of stderr, while exit closes the first; -1: none */
} channel = {.fd = -1, .kept = -1};

static bool identity(uint64_t *device, uint64_t *inode, uint32_t *mode)
{
    struct stat st;
    if (csan__os_syscall(SYS_fstat, STDERR, (long)&st, 0, 0, 0, 0) != 0)
        return false;
    *device = st.st_dev;
    *inode = st.st_ino;
    *mode = st.st_mode;
    return true;
}

void csan__log_start(void)
{
    uint32_t mode;
    channel.stderr_was_open = identity(&channel.stderr_device, &channel.stderr_inode, &mode);
}

/* A program may close 2 and open a file or a socket of its own there: that is not for reports. A
 * redirection to a terminal, a pipe, /dev/null or a log that is open for writing only is. */
static bool stderr_is_fit(void)
{
    uint64_t device, inode;
    uint32_t mode;
    if (!channel.stderr_was_open || !identity(&device, &inode, &mode))
        return false;
    if (device == channel.stderr_device && inode == channel.stderr_inode)
        return true;
    if (S_ISFIFO(mode) || S_ISCHR(mode))
        return true;
    long flags = csan__os_syscall(SYS_fcntl, STDERR, F_GETFL, 0, 0, 0, 0);
    return S_ISREG(mode) && flags >= 0 && (flags & O_ACCMODE) == O_WRONLY;
}

static bool is_stream(const char *path, const char *name)
{
    return !path || !*path || strcmp(path, name) == 0;
}

static long open_file(const char *path)
{
    char name[4096];
    struct text t = TEXT(name);
    csan__text_format(&t, "%s.%d", path, csan__os_pid());
    long fd = csan__os_open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (fd >= 0 || channel.failed_once)
        return fd;
    channel.failed_once = true;
    char buf[4400];
    struct text why = TEXT(buf);
    csan__text_format(&why, "csan: cannot write %s (error %d): the report goes to stderr\n", name,
                      (int)-fd);
    csan__os_write_all(STDERR, buf, why.len);
    return fd;
}

void csan__log_done(void)
{
    if (channel.fd >= 0)
        csan__os_close(channel.fd);
    channel.fd = -1;
}

bool csan__log_color(int fd)
{
    if (csan__options.color != COLOR_AUTO)
        return csan__options.color == COLOR_ALWAYS;
    if (csan__options.no_color)
        return false;
    return csan__options.force_color || (csan__os_is_terminal(fd) && !csan__options.dumb_term);
}

int csan__log_stderr(void)
{
    return stderr_is_fit() ? STDERR : channel.kept;
}

/* The program's exit handlers may close stderr (GNU programs do): the report is still to come. */
void csan__log_keep_stderr(void)
{
    if (channel.kept < 0 && stderr_is_fit())
        channel.kept = (int)csan__os_syscall(SYS_fcntl, STDERR, F_DUPFD_CLOEXEC, 100, 0, 0, 0);
}

/* The program closed stderr before it ended: whoever started it still has it open, most often. Not
 * a file's: the two would write over each other. */
static int open_as_it_was(void)
{
    char name[64];
    struct text t = TEXT(name);
    struct stat st;
    csan__text_format(&t, "/proc/%d/fd/2", (int)csan__os_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0));
    if (!channel.stderr_was_open ||
        csan__os_syscall(SYS_stat, (long)name, (long)&st, 0, 0, 0, 0) != 0 ||
        st.st_dev != channel.stderr_device || st.st_ino != channel.stderr_inode ||
        !(S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
        return -1;
    long fd = csan__os_open(name, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK, 0);
    if (fd >= 0)
        csan__os_syscall(SYS_fcntl, fd, F_SETFL, O_APPEND, 0, 0, 0); /* waits, as stderr does */
    return (int)fd;
}

static int report_stream(void)
{
    int fd = csan__log_stderr();
    if (fd < 0)
        fd = channel.fd = open_as_it_was();
    return fd;
}

int csan__log_fd(void)
{
    const char *path = csan__options.log_path;
    if (channel.fd >= 0)
        return channel.fd;
    if (is_stream(path, "stdout"))
        return path && *path ? 1 : report_stream();
    if (!is_stream(path, "stderr")) {
        long fd = open_file(path);
        if (fd >= 0) {
            channel.fd = (int)fd;
            return channel.fd;
        }
    }
    return report_stream();
}

void csan__log_full(long error)
{
    char buf[4400];
    struct text why = TEXT(buf);
    const char *path = csan__options.log_path;
    csan__text_format(&why, "csan: the report could not be written whole to %s (error %d)\n",
                      path && *path ? path : "stderr", (int)-error);
    int fd = csan__log_stderr();
    if (fd >= 0)
        csan__os_write_all(fd, buf, why.len);
}

void csan__log_line(const char *text, size_t length)
{
    int fd = csan__log_fd();
    long error = fd < 0 ? 0 : csan__os_write_all(fd, text, length);
    if (error < 0 && fd != STDERR)
        csan__log_full(error);
    csan__log_done();
}
