#include "detect/load.h"
#include "base/os.h"

#include <fcntl.h>
#include <sys/syscall.h>

/* The n-th number (from 0) of a short file; digits after other characters begin a new one. */
static uint64_t read_number(const char *path, unsigned n)
{
    char buf[128];
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return 0;
    long bytes = csan__os_read((int)fd, buf, sizeof buf);
    csan__os_close((int)fd);
    bool inside = false;
    uint64_t value = 0;
    for (long i = 0; i < bytes; i++) {
        bool digit = buf[i] >= '0' && buf[i] <= '9';
        if (digit && n == 0)
            value = value * 10 + (uint64_t)(buf[i] - '0');
        if (inside && !digit && n-- == 0)
            return value;
        inside = digit;
    }
    return n == 0 ? value : 0;
}

static uint32_t count_cores(void)
{
    uint64_t mask[128] = {0};
    long bytes = csan__os_syscall(SYS_sched_getaffinity, 0, sizeof mask, (long)mask, 0, 0, 0);
    uint32_t n = 0;
    for (long i = 0; i * 8 < bytes; i++)
        n += (uint32_t)__builtin_popcountll(mask[i]);
    return n;
}

/* "0.20 0.18 0.12 3/512 11206": the seventh number; it counts the one that reads. */
struct load csan__load_now(void)
{
    return (struct load){.runnable = (uint32_t)read_number("/proc/loadavg", 6),
                         .cores = count_cores()};
}

void csan__load_say(const struct load *l, struct text *t)
{
    csan__text_count(t, l->runnable, "thread");
    csan__text_str(t, " could run on ");
    csan__text_count(t, l->cores, "core");
    csan__text_str(t, " then");
}

uint64_t csan__load_off_ns(int tid)
{
    char path[64];
    struct text t = TEXT(path);
    csan__text_format(&t, "/proc/self/task/%d/schedstat", tid);
    return read_number(path, 1);
}
