#include "record/task.h"
#include "base/os.h"
#include "base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

/* True, and a string: what one of the thread's files says, as far as there is room. */
static bool read_task(int tid, const char *file, char *out, size_t room)
{
    char path[64];
    struct text t = TEXT(path);
    csan__text_format(&t, "/proc/self/task/%d/%s", tid, file);
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    long n = csan__os_read((int)fd, out, room - 1);
    csan__os_close((int)fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* Decimal or 0x…, up to the next blank. */
static uint64_t next_number(const char **at)
{
    uint64_t n = 0;
    const char *p = *at;
    uint64_t base = p[0] == '0' && p[1] == 'x' ? 16 : 10;
    for (p += base == 16 ? 2 : 0; *p > ' '; p++)
        n = n * base + (uint64_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
    *at = *p ? p + 1 : p;
    return n;
}

/* "Z" behind the name's closing parenthesis. */
bool csan__task_is_zombie(int tid)
{
    char line[512];
    const char *name_end = read_task(tid, "stat", line, sizeof line) ? strrchr(line, ')') : NULL;
    return name_end && (name_end[2] == 'Z' || name_end[2] == 'X');
}

/* "202 0x7f… 0x80 0x0 0x0 0x0 0x0 0x7ffd… 0x7f1c…": number, six arguments, sp, pc; or "running". */
long csan__task_call(int tid, struct full_regs *at)
{
    static const uint8_t arguments[] = {5, 4, 1, 10, 8, 9}; /* rdi, rsi, rdx, r10, r8, r9 */
    char line[256];
    const char *p = line;
    memset(at, 0, sizeof *at);
    if (!read_task(tid, "syscall", line, sizeof line))
        return TASK_UNKNOWN;
    if (line[0] < '0' || line[0] > '9')
        return TASK_RUNNING;
    long call = (long)next_number(&p);
    for (size_t i = 0; i < CSAN_COUNT(arguments); i++)
        at->r[arguments[i]] = next_number(&p);
    at->r[7] = next_number(&p);
    at->r[16] = next_number(&p);
    return call;
}

/* "81020 3100 12": time on a core, time in the run queue, how often it has run. */
static uint64_t read_schedstat(int tid, unsigned word)
{
    char line[128];
    const char *p = line;
    if (!read_task(tid, "schedstat", line, sizeof line))
        return 0;
    for (; word; word--)
        next_number(&p);
    return next_number(&p);
}

uint64_t csan__task_queued_ns(int tid)
{
    return read_schedstat(tid, 1);
}

uint64_t csan__task_runs(int tid)
{
    return read_schedstat(tid, 2);
}

int csan__tasks_open(struct tasks *all)
{
    long fd = csan__os_open("/proc/self/task", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return (int)fd;
    all->fd = (int)fd;
    all->bytes = all->at = 0;
    return 0;
}

int csan__tasks_next(struct tasks *all)
{
    struct entry {
        uint64_t inode, offset;
        uint16_t length;
        uint8_t type;
        char name[];
    } * e;
    for (;;) {
        if (all->at >= all->bytes) {
            all->bytes =
                csan__os_syscall(SYS_getdents64, all->fd, (long)all->buf, sizeof all->buf, 0, 0, 0);
            all->at = 0;
            if (all->bytes <= 0)
                return 0;
        }
        e = (struct entry *)(all->buf + all->at);
        all->at += e->length;
        int tid = 0;
        for (const char *c = e->name; *c >= '0' && *c <= '9'; c++)
            tid = tid * 10 + (*c - '0');
        if (tid)
            return tid;
    }
}

void csan__tasks_close(struct tasks *all)
{
    csan__os_close(all->fd);
}
