#include "record/maps.h"
#include "base/os.h"
#include "record/proc.h"

#include <errno.h>
#include <string.h>

struct lines {
    char *at, *end;
    char *buf;
    size_t map_bytes;
};

static long open_lines(struct lines *l)
{
    size_t bytes;
    long r = csan__os_slurp("/proc/thread-self/maps", &l->buf, &bytes, &l->map_bytes);
    if (r < 0)
        return r;
    l->at = l->buf;
    l->end = l->buf + bytes;
    return 0;
}

static bool is_device(const char *path)
{
    if (strncmp(path, "/dev/", 5) != 0)
        return strncmp(path, "[vvar", 5) == 0 || strncmp(path, "[vsyscall", 9) == 0;
    return strncmp(path, "/dev/zero", 9) != 0 && strncmp(path, "/dev/shm/", 9) != 0;
}

/* 7f12-7f34 rw-p 00000000 00:00 0      [heap] */
static bool next_line(struct lines *l, struct mapping *m)
{
    if (l->at >= l->end)
        return false;
    const char *p = l->at;
    char *eol = memchr(p, '\n', (size_t)(l->end - p));
    l->at = eol ? eol + 1 : l->end;
    if (eol)
        *eol = '\0';
    memset(m, 0, sizeof *m);
    m->at.lo = csan__proc_hex(&p);
    p++;
    m->at.hi = csan__proc_hex(&p);
    m->readable = p[1] == 'r';
    m->writable = p[2] == 'w';
    m->shared = p[4] == 's';
    const char *path = csan__proc_skip(p + 1, 4);
    m->device = is_device(path);
    size_t length = strlen(path);
    if (length >= sizeof m->name)
        path += length - (sizeof m->name - 1);
    strncpy(m->name, path, sizeof m->name - 1);
    return true;
}

static long count_lines(const struct lines *l)
{
    long n = 0;
    for (const char *p = l->at; p < l->end; p++)
        n += *p == '\n';
    return n + 1;
}

long csan__maps_read(struct arena *scratch, struct mapping **out)
{
    struct lines l;
    long r = open_lines(&l);
    if (r < 0)
        return r;
    struct mapping *all = csan__arena_scratch_alloc(scratch, (size_t)count_lines(&l) * sizeof *all);
    long n = all ? 0 : -ENOMEM;
    while (all && next_line(&l, &all[n]))
        n++;
    csan__os_unmap(l.buf, l.map_bytes);
    if (n >= 0)
        *out = all;
    return n;
}

int csan__maps_of_world(struct world *w)
{
    long n = csan__maps_read(w->scratch, &w->mappings);
    w->nmappings = n > 0 ? (uint32_t)n : 0;
    return n < 0 && n != -ENOENT ? (int)n : 0;
}

bool csan__maps_find(uintptr_t addr, struct range *out)
{
    struct lines l;
    if (open_lines(&l) < 0)
        return false;
    struct mapping m;
    bool found = false;
    while (!found && next_line(&l, &m))
        found = m.at.lo <= addr && addr < m.at.hi;
    csan__os_unmap(l.buf, l.map_bytes);
    if (found)
        *out = m.at;
    return found;
}
