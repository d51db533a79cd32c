#include "detect/load.h"
#include "base/os.h"
#include "record/proc.h"

#include <sys/syscall.h>

/* "0.20 0.18 0.12 3/512 11206": the number before the slash; it counts the one that reads. */
static uint32_t count_runnable(void)
{
    char line[128];
    return csan__proc_read("/proc/loadavg", line, sizeof line)
               ? (uint32_t)csan__proc_number(csan__proc_skip(line, 3))
               : 0;
}

uint32_t csan__load_cores(void)
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
    return (struct load){.runnable = count_runnable(), .cores = csan__load_cores()};
}

void csan__load_say(const struct load *l, struct text *t)
{
    csan__text_count(t, l->runnable, "thread");
    csan__text_str(t, " could run on ");
    csan__text_count(t, l->cores, "core");
    csan__text_str(t, " then");
}
