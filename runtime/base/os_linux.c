#include "base/os.h"
#include "base/os_x86_64.h"
#include "base/text.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#define FAILED(result) ((unsigned long)(result) > -4096UL)

long csan__os_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
    return trap(nr, a, b, c, d, e, f);
}

/* csan's memory lies in a window of addresses of its own: it never lies next to the program's, and
 * the program's own mappings lie where they would without csan. No address of it is used twice.
 * ThreadSanitizer allows another one (make/medicine.mk). */
#ifndef WINDOW_LO
#define WINDOW_LO ((uintptr_t)0x2c5a00000000)
#define WINDOW_BYTES ((uintptr_t)1 << 44)
#endif
#define STRAYS 64u
#define TAKEN UINTPTR_MAX /* a stray's lo while its hi is being written */

static struct {
    uintptr_t used; /* bytes of the window, freed ones included */
    uint32_t nstrays;
    struct {
        uintptr_t lo, hi; /* lo 0: free */
    } strays[STRAYS];     /* mappings that the kernel put elsewhere */
} window;

static void note_stray(uintptr_t lo, size_t bytes)
{
    for (uint32_t i = 0; i < STRAYS; i++) {
        uintptr_t none = 0;
        if (!__atomic_compare_exchange_n(&window.strays[i].lo, &none, TAKEN, false,
                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        __atomic_store_n(&window.strays[i].hi, lo + bytes, __ATOMIC_RELAXED);
        __atomic_store_n(&window.strays[i].lo, lo, __ATOMIC_RELEASE);
        __atomic_fetch_add(&window.nstrays, 1, __ATOMIC_RELEASE);
        return;
    }
}

static void forget_stray(uintptr_t lo)
{
    for (uint32_t i = 0; i < STRAYS && __atomic_load_n(&window.nstrays, __ATOMIC_ACQUIRE); i++)
        if (__atomic_load_n(&window.strays[i].lo, __ATOMIC_ACQUIRE) == lo) {
            __atomic_fetch_sub(&window.nstrays, 1, __ATOMIC_RELEASE);
            __atomic_store_n(&window.strays[i].lo, 0, __ATOMIC_RELEASE);
            return;
        }
}

bool csan__os_owns(const void *p)
{
    uintptr_t at = (uintptr_t)p;
    if (at - WINDOW_LO < WINDOW_BYTES)
        return true;
    for (uint32_t i = 0; i < STRAYS && __atomic_load_n(&window.nstrays, __ATOMIC_ACQUIRE); i++) {
        uintptr_t lo = __atomic_load_n(&window.strays[i].lo, __ATOMIC_ACQUIRE);
        if (lo != 0 && lo <= at && at < __atomic_load_n(&window.strays[i].hi, __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

/* Test seam: in how many mappings one fails; 0: none does. */
#ifndef CSAN_FAIL_NTH
#define CSAN_FAIL_NTH 0
#endif
static unsigned fail_in = CSAN_FAIL_NTH;

void csan__os_fail_nth(unsigned n)
{
    __atomic_store_n(&fail_in, n, __ATOMIC_RELAXED);
}

static bool is_to_fail(void)
{
    return CSAN_UNLIKELY(__atomic_load_n(&fail_in, __ATOMIC_RELAXED)) &&
           __atomic_sub_fetch(&fail_in, 1, __ATOMIC_RELAXED) == 0;
}

/* MAP_FIXED_NOREPLACE: a kernel that does not know it takes the address for a wish. */
static void *map(size_t bytes, int flags)
{
    if (is_to_fail())
        return NULL;
    size_t whole = csan__base_round_up(bytes, CSAN_PAGE);
    uintptr_t wish = WINDOW_LO + __atomic_fetch_add(&window.used, whole, __ATOMIC_RELAXED);
    long p = -EEXIST;
    if (wish + whole <= WINDOW_LO + WINDOW_BYTES)
        p = trap(SYS_mmap, (long)wish, (long)bytes, PROT_READ | PROT_WRITE,
                 flags | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == -EEXIST)
        p = trap(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (FAILED(p))
        return NULL;
    if (!csan__os_owns((void *)p))
        note_stray((uintptr_t)p, whole);
    return (void *)p;
}

void *csan__os_map(size_t bytes)
{
    return map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
}

void *csan__os_map_shared(size_t bytes)
{
    return map(bytes, MAP_SHARED | MAP_ANONYMOUS);
}

void csan__os_unmap(void *p, size_t bytes)
{
    forget_stray((uintptr_t)p);
    trap(SYS_munmap, (long)p, (long)bytes, 0, 0, 0, 0);
}

long csan__os_protect(void *p, size_t bytes, int prot)
{
    return trap(SYS_mprotect, (long)p, (long)bytes, prot, 0, 0, 0);
}

void csan__os_dense(void *p, size_t bytes)
{
    trap(SYS_madvise, (long)p, (long)bytes, MADV_HUGEPAGE, 0, 0, 0);
}

void csan__os_discard(void *p, size_t bytes)
{
    trap(SYS_madvise, (long)p, (long)bytes, MADV_DONTNEED, 0, 0, 0);
}

size_t csan__os_read_memory(void *to, const void *from, size_t bytes)
{
    struct iovec local = {.iov_base = to, .iov_len = bytes};
    struct iovec remote = {.iov_base = (void *)(uintptr_t)from, .iov_len = bytes};
    /* By thread: the main one may have left. */
    long n = trap(SYS_process_vm_readv, csan__os_tid(), (long)&local, 1, (long)&remote, 1, 0);
    return FAILED(n) ? 0 : (size_t)n;
}

long csan__os_open(const char *path, int flags, int mode)
{
    long fd;
    do
        fd = trap(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, mode, 0, 0);
    while (fd == -EINTR);
    return fd;
}

long csan__os_close(int fd)
{
    return trap(SYS_close, fd, 0, 0, 0, 0, 0);
}

long csan__os_read(int fd, void *to, size_t bytes)
{
    long n;
    do
        n = trap(SYS_read, fd, (long)to, (long)bytes, 0, 0, 0);
    while (n == -EINTR);
    return n;
}

long csan__os_pread(int fd, void *to, size_t bytes, uint64_t at)
{
    long n;
    do
        n = trap(SYS_pread64, fd, (long)to, (long)bytes, (long)at, 0, 0);
    while (n == -EINTR);
    return n;
}

long csan__os_write(int fd, const void *from, size_t bytes)
{
    return trap(SYS_write, fd, (long)from, (long)bytes, 0, 0, 0);
}

static void wait_writable(int fd)
{
    struct {
        int fd;
        short events, revents;
    } one = {.fd = fd, .events = 4 /* POLLOUT */, .revents = 0};
    struct timespec second = {.tv_sec = 1, .tv_nsec = 0};
    trap(SYS_ppoll, (long)&one, 1, (long)&second, 0, 8, 0);
}

#define SIGNAL_BIT(sig) ((uint64_t)1 << ((sig)-1))

/* A reader that has gone (SIGPIPE) or a file that may not grow (SIGXFSZ) must not kill the program:
 * the signals are held back and taken. */
long csan__os_write_all(int fd, const void *from, size_t bytes)
{
    uint64_t both = SIGNAL_BIT(SIGPIPE) | SIGNAL_BIT(SIGXFSZ), before = 0;
    trap(SYS_rt_sigprocmask, SIG_BLOCK, (long)&both, (long)&before, 8, 0, 0);
    const char *at = from;
    long result = 0;
    while (bytes > 0) {
        long n = csan__os_write(fd, at, bytes);
        if (n == -EINTR)
            continue;
        if (n == -EAGAIN) {
            wait_writable(fd);
            continue;
        }
        if (n <= 0) {
            result = n == 0 ? -EIO : n;
            break;
        }
        at += n;
        bytes -= (size_t)n;
    }
    uint64_t mine = result == -EPIPE   ? SIGNAL_BIT(SIGPIPE) & ~before
                    : result == -EFBIG ? SIGNAL_BIT(SIGXFSZ) & ~before
                                       : 0;
    struct timespec at_once = {0, 0};
    if (mine)
        trap(SYS_rt_sigtimedwait, (long)&mine, 0, (long)&at_once, 8, 0, 0);
    trap(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, 8, 0, 0);
    return result;
}

long csan__os_readlink(const char *path, char *to, size_t bytes)
{
    long n = trap(SYS_readlink, (long)path, (long)to, (long)(bytes - 1), 0, 0, 0);
    to[FAILED(n) ? 0 : n] = '\0';
    return n;
}

long csan__os_rename(const char *from, const char *to)
{
    return trap(SYS_rename, (long)from, (long)to, 0, 0, 0, 0);
}

long csan__os_unlink(const char *path)
{
    return trap(SYS_unlink, (long)path, 0, 0, 0, 0, 0);
}

long csan__os_file_size(int fd)
{
    struct stat st;
    long r = trap(SYS_fstat, fd, (long)&st, 0, 0, 0, 0);
    return FAILED(r) ? r : (long)st.st_size;
}

bool csan__os_is_terminal(int fd)
{
    char termios[256];
    return !FAILED(trap(SYS_ioctl, fd, TCGETS, (long)termios, 0, 0, 0));
}

/* Files of /proc tell no size: the buffer doubles until the end is read. */
long csan__os_slurp(const char *path, char **text, size_t *bytes, size_t *map_bytes)
{
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return fd;
    long known = csan__os_file_size((int)fd);
    size_t cap = csan__base_round_up(known > 0 ? (size_t)known + 1 : 64 * 1024, CSAN_PAGE);
    size_t len = 0;
    char *buf = csan__os_map(cap);
    long n = buf ? 1 : -ENOMEM;
    while (n > 0) {
        n = csan__os_read((int)fd, buf + len, cap - len - 1);
        if (n > 0)
            len += (size_t)n;
        if (n > 0 && len + 1 == cap) {
            char *larger = csan__os_map(cap * 2);
            if (!larger) {
                n = -ENOMEM;
                break;
            }
            memcpy(larger, buf, len);
            csan__os_unmap(buf, cap);
            buf = larger;
            cap *= 2;
        }
    }
    csan__os_close((int)fd);
    if (n < 0) {
        if (buf)
            csan__os_unmap(buf, cap);
        return n;
    }
    buf[len] = '\0';
    *text = buf;
    *bytes = len;
    *map_bytes = cap;
    return 0;
}

int csan__os_pid(void)
{
    return (int)trap(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

int csan__os_tid(void)
{
    return (int)trap(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

long csan__os_tgkill(int pid, int tid, int sig)
{
    return trap(SYS_tgkill, pid, tid, sig, 0, 0, 0);
}

_Noreturn void csan__os_exit(int status)
{
    for (;;)
        trap(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

uint64_t csan__os_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts); /* the vDSO's: no system call, not interposed */
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t csan__os_unix_seconds(void)
{
    struct timespec ts;
    trap(SYS_clock_gettime, CLOCK_REALTIME, (long)&ts, 0, 0, 0, 0);
    return (uint64_t)ts.tv_sec;
}

long csan__os_futex_wait(uint32_t *word, uint32_t seen, uint64_t timeout_ns)
{
    struct timespec ts = {.tv_sec = (time_t)(timeout_ns / 1000000000u),
                          .tv_nsec = (long)(timeout_ns % 1000000000u)};
    return trap(SYS_futex, (long)word, FUTEX_WAIT_PRIVATE, (long)seen, timeout_ns ? (long)&ts : 0,
                0, 0);
}

long csan__os_futex_wake(uint32_t *word, int how_many)
{
    return trap(SYS_futex, (long)word, FUTEX_WAKE_PRIVATE, how_many, 0, 0, 0);
}

void csan__os_yield(void)
{
    trap(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

_Noreturn void csan__base_broken(const char *file, int line, const char *what)
{
    char buf[512];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: internal error at %s:%d: %s does not hold; please report it\n",
                      file, line, what);
    csan__os_write_all(2, buf, t.len);
    csan__os_exit(87);
}
