#include "detect/load.h"
#include "base/os.h"

#include <fcntl.h>
#include <sys/syscall.h>

/* "0.20 0.18 0.12 3/512 11206": the seventh number; it counts the one that reads. */
static uint32_t count_runnable(void)
{
    char buf[128];
    unsigned n = 6;
    long fd = csan__os_open("/proc/loadavg", O_RDONLY, 0);
    if (fd < 0)
        return 0;
    long bytes = csan__os_read((int)fd, buf, sizeof buf);
    csan__os_close((int)fd);
    bool inside = false;
    uint32_t value = 0;
    for (long i = 0; i < bytes; i++) {
        bool digit = buf[i] >= '0' && buf[i] <= '9';
        if (digit && n == 0)
            value = value * 10 + (uint32_t)(buf[i] - '0');
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

struct load csan__load_now(void)
{
    return (struct load){.runnable = count_runnable(), .cores = count_cores()};
}

void csan__load_say(const struct load *l, struct text *t)
{
    csan__text_count(t, l->runnable, "thread");
    csan__text_str(t, " could run on ");
    csan__text_count(t, l->cores, "core");
    csan__text_str(t, " then");
}
