/* The record of a process in the folder of option out, for machines: DIR/PROGRAM.PID.jsonl.
 *
 *     PROGRAM.PID.jsonl.part   from the first findings on, or from the end of a process without any
 *     PROGRAM.PID.jsonl        when it is whole: renamed, never over another file
 *
 * A name that is taken (a process number comes again, containers count from 1) gets a number:
 * PROGRAM.PID.2.jsonl. A process that is killed leaves its part behind. What cannot be written is
 * said once; a process without findings then ends with 87, for nobody could tell it from one that
 * never ran. All of this happens under judge.c's lock and on its stack. */
#include "base/options.h"
#include "base/os.h"
#include "report/jsonl.h"
#include "session/framework.h"
#include "session/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define PROGRAM_BYTES 180u /* of a file's name, which the kernel ends at 255 */
#define NUMBERS_MAX 100000u
#define COMMAND_BYTES ((size_t)64 << 10)
#define RENAME_NO_REPLACE 1
#define NOTES_MAX 256u

static struct {
    char folder[4096]; /* absolute; "": no records are asked for */
    char part[4600];
    char name[4600]; /* room for the one that it gets */
    char room[32 << 10];
    int pid;         /* of the process that the part is of; 0: there is none */
    uint32_t number; /* in its name */
    uint32_t findings, known, notes;
    uint32_t noted[NOTES_MAX]; /* their fingerprints */
    uint64_t began, began_ns;
    int failed_pid; /* the process that could not write its record */
} record;

bool csan__out_has_failed(void)
{
    return record.failed_pid && record.failed_pid == csan__os_pid();
}

static const char *words_of(long error)
{
    switch (error) {
    case -ENOSPC:
    case -EDQUOT:
        return "the disk is full";
    case -EACCES:
    case -EPERM:
        return "no permission to write there";
    case -EROFS:
        return "the file system is read-only";
    case -ENOTDIR:
    case -EEXIST:
        return "it is no folder";
    case -ENOENT:
        return "the folder is gone";
    case -EFBIG:
        return "the limit of a file's size is reached";
    default:
        return NULL;
    }
}

void csan__out_put_reason(struct text *t, long error)
{
    const char *words = words_of(error);
    if (words)
        csan__text_str(t, words);
    else
        csan__text_format(t, "error %d", (int)-error);
}

/* ------------------------------------------------------------------ the folder */

/* Each folder on the way; what is there already is fine. */
static long make_folders(char *path)
{
    for (char *c = path + 1;; c++) {
        if (*c != '/' && *c != '\0')
            continue;
        char end = *c;
        *c = '\0';
        long error = csan__os_syscall(SYS_mkdir, (long)path, 0777, 0, 0, 0, 0);
        *c = end;
        if (end == '\0')
            return error;
    }
}

void csan__out_begin(void)
{
    record.began = csan__os_unix_seconds();
    record.began_ns = csan__os_now_ns();
}

int csan__out_start(struct text *why)
{
    const char *out = csan__options.out;
    csan__out_begin();
    if (!out && csan__options.format & ~(uint32_t)FORMAT_TEXT) {
        csan__text_format(why, "CSAN_FORMAT=%s needs a folder to write to: set CSAN_OUT as well",
                          csan__options_as_set("format"));
        return -EINVAL;
    }
    if (!out)
        return 0;
    struct text t = TEXT(record.folder);
    if (out[0] != '/') /* the program may change its folder */
        csan__text_format(&t, "%s/", csan__session_cwd());
    csan__text_str(&t, out);
    long error = t.cut ? -ENAMETOOLONG : make_folders(record.folder);
    struct stat st;
    if (csan__os_syscall(SYS_stat, (long)record.folder, (long)&st, 0, 0, 0, 0) == 0)
        error = S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
    if (!error)
        return 0;
    csan__text_format(why, "CSAN_OUT=%s: ", out);
    csan__out_put_reason(why, error);
    return (int)error;
}

/* ------------------------------------------------------------------ names */

void csan__out_put_name(struct text *t, int pid, uint32_t number, const char *extension)
{
    const char *program = csan__session_program();
    csan__text_format(t, "%s/", record.folder);
    for (uint32_t i = 0; i < PROGRAM_BYTES && program[i]; i++) {
        bool is_odd = (unsigned char)program[i] < ' ' || program[i] == 0x7f ||
                      (i == 0 && (program[i] == '.' || program[i] == '-'));
        csan__text_char(t, is_odd ? '_' : program[i]);
    }
    csan__text_format(t, ".%d", pid);
    if (number > 1)
        csan__text_format(t, ".%u", number);
    csan__text_str(t, extension);
}

/* A file system without the one call may have the other, or neither. */
long csan__out_rename(const char *from, const char *to)
{
    long error = csan__os_syscall(SYS_renameat2, AT_FDCWD, (long)from, AT_FDCWD, (long)to,
                                  RENAME_NO_REPLACE, 0);
    if (error != -EINVAL && error != -ENOSYS)
        return error;
    error = csan__os_syscall(SYS_link, (long)from, (long)to, 0, 0, 0, 0);
    if (error == 0)
        return csan__os_unlink(from);
    if (error == -EEXIST)
        return error;
    bool is_there = csan__os_syscall(SYS_faccessat, AT_FDCWD, (long)to, F_OK, 0, 0, 0) == 0;
    return is_there ? -EEXIST : csan__os_rename(from, to);
}

/* ------------------------------------------------------------------ the part */

static void fail(long error)
{
    char buf[4800];
    struct text t = TEXT(buf);
    if (record.pid)
        csan__os_unlink(record.part); /* nobody is to take it for the whole */
    record.pid = 0;
    if (csan__out_has_failed())
        return;
    record.failed_pid = csan__os_pid();
    csan__text_format(&t, "csan: no record of %s in %s: ", csan__session_program(), record.folder);
    csan__out_put_reason(&t, error);
    csan__text_char(&t, '\n');
    csan__log_line(buf, t.len);
}

static void put_run(struct json *j)
{
    char *command = NULL;
    size_t bytes = 0, map_bytes = 0;
    struct jsonl_run run = {.program = csan__session_program(),
                            .test = csan__framework_test(),
                            .cwd = csan__session_cwd(),
                            .pid = record.pid,
                            .began = record.began};
    run.parent = (int)csan__os_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);
    if (csan__os_slurp("/proc/self/cmdline", &command, &bytes, &map_bytes) == 0) {
        run.command = command;
        run.command_bytes = bytes < COMMAND_BYTES ? bytes : COMMAND_BYTES;
        command[run.command_bytes] = '\0';
    }
    csan__jsonl_run(j, &run);
    if (command)
        csan__os_unmap(command, map_bytes);
}

/* Where the last lines ended; a first part begins with its run. */
static long open_part(struct json *j)
{
    int pid = csan__os_pid();
    long fd = -EEXIST;
    *j = (struct json){.out = TEXT(record.room)};
    if (record.pid == pid) {
        fd = csan__os_open(record.part, O_WRONLY | O_APPEND, 0);
        j->fd = (int)fd;
        return fd < 0 ? fd : 0;
    }
    record.pid = 0; /* a parent's is not this child's */
    record.findings = record.known = record.notes = 0;
    for (record.number = 1; fd == -EEXIST && record.number < NUMBERS_MAX; record.number++) {
        struct text t = TEXT(record.part);
        csan__out_put_name(&t, pid, record.number, ".jsonl.part");
        fd = csan__os_open(record.part, O_WRONLY | O_CREAT | O_EXCL, 0666);
    }
    if (fd < 0)
        return fd;
    record.number--;
    record.pid = pid;
    j->fd = (int)fd;
    put_run(j);
    return 0;
}

static long close_part(struct json *j)
{
    long error = csan__json_flush(j), closed = csan__os_close(j->fd);
    return error ? error : closed;
}

void csan__out_findings(const struct report *r)
{
    struct json j;
    if (!record.folder[0] || csan__out_has_failed())
        return;
    long error = open_part(&j);
    if (!error) {
        for (uint32_t i = 0; i < r->count; i++) {
            csan__jsonl_finding(&j, r, &r->shown[i], record.pid);
            record.known += r->shown[i].known;
            record.findings += !r->shown[i].known;
        }
        error = close_part(&j);
    }
    if (error)
        fail(error);
}

/* The same pointer on the same stack is seen at every check. */
static bool is_noted(uint32_t fingerprint)
{
    for (uint32_t i = 0; i < record.notes; i++)
        if (record.noted[i] == fingerprint)
            return true;
    return record.notes == NOTES_MAX;
}

void csan__out_notes(const struct report *r)
{
    struct json j;
    if (!r->count || !record.folder[0] || csan__out_has_failed())
        return;
    long error = open_part(&j);
    if (!error) {
        for (uint32_t i = 0; i < r->count; i++) {
            if (is_noted(r->shown[i].fingerprint))
                continue;
            csan__jsonl_finding(&j, r, &r->shown[i], record.pid);
            record.noted[record.notes++] = r->shown[i].fingerprint;
        }
        error = close_part(&j);
    }
    if (error)
        fail(error);
}

/* ------------------------------------------------------------------ the end */

static long finish(void)
{
    struct json j;
    long error = open_part(&j);
    if (error)
        return error;
    uint32_t locks = csan__out_locks(&j, record.pid);
    struct jsonl_end end = {.findings = record.findings,
                            .locks = locks,
                            .known = record.known,
                            .notes = record.notes,
                            .checked = !csan__session_has_given_up(),
                            .elapsed_ns = csan__os_now_ns() - record.began_ns};
    csan__jsonl_end(&j, &end);
    error = close_part(&j);
    if (error)
        return error;
    error = -EEXIST;
    for (uint32_t number = record.number; error == -EEXIST && number < NUMBERS_MAX; number++) {
        struct text t = TEXT(record.name);
        csan__out_put_name(&t, record.pid, number, ".jsonl");
        error = csan__out_rename(record.part, record.name);
    }
    return error;
}

/* The other formats are the csan command's work. */
static void convert(void)
{
    uint32_t others = csan__options.format & ~(uint32_t)(FORMAT_TEXT | FORMAT_JSONL);
    const char *formats = csan__options_as_set("format");
    const char *argv[] = {"csan", "report", "--format", formats, "--beside", record.name, NULL};
    char said[64];
    if (!others)
        return;
    int error = csan__helper_run(argv, said, sizeof said);
    if (!error && strcmp(said, "ok\n") == 0)
        return;
    struct text t = TEXT(record.room);
    csan__text_format(&t, "csan: %s is all there is of CSAN_FORMAT=%s: ", record.name, formats);
    csan__text_str(&t, error == -ENOENT ? "the csan command was not found; set CSAN_PATH or "
                                          "install it, then `csan report` makes the rest"
                                        : "`csan report` did not make the rest; run it by hand to "
                                          "see why");
    csan__text_char(&t, '\n');
    csan__log_line(record.room, t.len);
}

static void end_record(void *arg)
{
    const bool *goes_on = arg;
    bool has_part = record.pid && record.pid == csan__os_pid();
    if (csan__out_has_failed() || (*goes_on && !has_part))
        return;
    long error = finish();
    if (error)
        fail(error);
    else
        convert();
    record.pid = 0;
}

void csan__out_end(bool goes_on)
{
    if (record.folder[0] && csan__judge_borrow(end_record, &goes_on) != 0)
        fail(-ENOMEM);
}
