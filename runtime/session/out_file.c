/* One more file of a process, beside its record: written aside, and renamed when it is whole.
 *
 *     DIR/PROGRAM.PID.heap.pb.gz.part ──▶ DIR/PROGRAM.PID.heap.pb.gz      never over another file
 *     PATH.PID.part ──▶ PATH                                             in place of what was there
 *
 * What is no file at PATH (a pipe, a device) stays what it is, and is written to.
 */
#include "base/os.h"
#include "session/private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define NUMBERS_MAX 100000u
#define EXTENSION_BYTES 160u

static void put_test(struct text *t, const char *test)
{
    for (size_t i = 0; test[i] && t->len < EXTENSION_BYTES / 2; i++)
        csan__text_char(t, (unsigned char)test[i] <= ' ' || test[i] == '/' ? '_' : test[i]);
}

static void put_extension(const struct out_file *f, struct text *t, const char *last)
{
    if (f->test) {
        csan__text_char(t, '.');
        put_test(t, f->test);
    }
    csan__text_format(t, ".%s.pb.gz%s", f->extension, last);
}

long csan__out_open(struct out_file *f, const char *test, const char *extension)
{
    *f = (struct out_file){.pid = csan__os_pid(), .test = test, .extension = extension};
    long fd = -EEXIST;
    for (uint32_t number = 1; fd == -EEXIST && number < NUMBERS_MAX; number++) {
        char buf[EXTENSION_BYTES];
        struct text end = TEXT(buf), name = TEXT(f->part);
        put_extension(f, &end, ".part");
        csan__out_put_name(&name, f->pid, number, buf);
        fd = csan__os_open(f->part, O_WRONLY | O_CREAT | O_EXCL, 0666);
    }
    f->fd = (int)fd;
    return fd < 0 ? fd : 0;
}

/* A device, a pipe, a socket: what is told to it is written into it. */
static bool is_to_be_kept(const char *path)
{
    int saved = errno;
    struct stat st;
    bool is = stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
    errno = saved;
    return is;
}

long csan__out_open_path(struct out_file *f, const char *path)
{
    *f = (struct out_file){.pid = csan__os_pid(), .path = path};
    long fd;
    if (is_to_be_kept(path)) {
        fd = csan__os_open(path, O_WRONLY | O_NOCTTY, 0);
    } else {
        struct text name = TEXT(f->part);
        csan__text_format(&name, "%s.%d.part", path, f->pid);
        fd = name.cut ? -ENAMETOOLONG
                      : csan__os_open(f->part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
    }
    f->fd = (int)fd;
    return fd < 0 ? fd : 0;
}

static long rename_numbered(const struct out_file *f)
{
    long error = -EEXIST;
    for (uint32_t number = 1; error == -EEXIST && number < NUMBERS_MAX; number++) {
        char buf[EXTENSION_BYTES], path[4608];
        struct text end = TEXT(buf), name = TEXT(path);
        put_extension(f, &end, "");
        csan__out_put_name(&name, f->pid, number, buf);
        error = csan__out_rename(f->part, path);
    }
    return error;
}

long csan__out_close(struct out_file *f, long error)
{
    long closed = csan__os_close(f->fd);
    error = error ? error : closed;
    if (!f->part[0])
        return error;
    if (!error)
        error = f->path ? csan__os_rename(f->part, f->path) : rename_numbered(f);
    if (error)
        csan__os_unlink(f->part);
    return error;
}
