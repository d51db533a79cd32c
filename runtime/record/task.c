#include "record/task.h"
#include "base/os.h"
#include "base/text.h"
#include "record/proc.h"
#include "record/unwind.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

static bool read_task(int tid, const char *file, char *out, size_t room)
{
    char path[64];
    struct text t = TEXT(path);
    csan__text_format(&t, "/proc/self/task/%d/%s", tid, file);
    return csan__proc_read(path, out, room);
}

/* The second word is the program's name in parentheses, and may hold anything. */
uint64_t csan__task_stat(enum task_who who, enum task_field field)
{
    char line[1024];
    bool known = csan__proc_read(who == TASK_FIRST ? "/proc/self/stat" : "/proc/thread-self/stat",
                                 line, sizeof line);
    const char *name_end = known ? strrchr(line, ')') : NULL;
    if (!name_end)
        return 0;
    const char *at = csan__proc_skip(name_end, (unsigned)field - 2);
    return field == TASK_STATE ? (uint8_t)*at : csan__proc_number(at);
}

bool csan__task_first_has_ended(void)
{
    uint64_t state = csan__task_stat(TASK_FIRST, TASK_STATE);
    return state == 'Z' || state == 'X';
}

/* "202 0x7f… 0x80 0x0 0x0 0x0 0x0 0x7ffd… 0x7f1c…": number, six arguments, sp, pc; or "running". */
long csan__task_call(int tid, struct full_regs *at)
{
    static const uint8_t words[] = {5, 4, 1, 10, 8, 9, 7, 16}; /* rdi rsi rdx r10 r8 r9 rsp rip */
    char line[256];
    memset(at, 0, sizeof *at);
    if (!read_task(tid, "syscall", line, sizeof line))
        return TASK_UNKNOWN;
    if (line[0] < '0' || line[0] > '9')
        return TASK_RUNNING;
    const char *p = line;
    for (size_t i = 0; i < CSAN_COUNT(words); i++) {
        p = csan__proc_skip(p, 1);
        at->r[words[i]] = csan__proc_number(p);
    }
    return (long)csan__proc_number(line);
}

/* "81020 3100 12": time on a core, time in the run queue, how often it has run. */
static uint64_t read_schedstat(int tid, unsigned word)
{
    char line[128];
    return read_task(tid, "schedstat", line, sizeof line)
               ? csan__proc_number(csan__proc_skip(line, word))
               : 0;
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
        int tid = (int)csan__proc_number(e->name);
        if (tid)
            return tid;
    }
}

void csan__tasks_close(struct tasks *all)
{
    csan__os_close(all->fd);
}
