/* Records read, by lines: a file of any length needs memory for one process's findings. */
#include "tools/record_private.h"

#include "tools/progress.h"
#include "tools/verb.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES_MAX ((size_t)256 << 20)
#define VERSION 1

/* ------------------------------------------------------------------ a run and its end */

static void hand_out(struct reader *in)
{
    struct record *r = &in->record;
    if (in->is_open && !in->stop) {
        r->report.scratch = r->notes.scratch = &r->arena;
        in->stop = in->visit(r, in->arg);
    }
    csan__arena_scratch_free(&r->arena);
    *r = (struct record){0};
    in->is_open = false;
    in->room = in->notes_room = in->locks_room = 0;
}

static void take_command(struct reader *in, const cJSON *of)
{
    struct record *r = &in->record;
    const cJSON *words = cJSON_GetObjectItemCaseSensitive(of, "command"), *at;
    if (!cJSON_IsArray(words))
        return;
    r->command =
        csan__reader_room(in, ((size_t)cJSON_GetArraySize(words) + 1) * sizeof *r->command);
    for (at = words->child; at; at = at->next) {
        if (cJSON_IsString(at))
            r->command[r->ncommand++] = csan__reader_keep(in, at->valuestring);
    }
}

static void take_run(struct reader *in, const cJSON *of, const char *line)
{
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(of, "schema"));
    uint64_t version = csan__member_number(of, "version");
    hand_out(in); /* what was there has no end */
    if (!schema || strcmp(schema, "csan-jsonl") != 0) {
        csan__reader_complain(in, "this is no record of csan's");
        return;
    }
    if (version != VERSION) {
        csan__reader_complain(in, "a record of version %lu; this csan reads version %d: %s",
                              (unsigned long)version, VERSION,
                              version > VERSION ? "a newer csan is needed" : "record it anew");
        return;
    }
    struct record *r = &in->record;
    uint64_t processes = csan__member_number(of, "processes");
    *r = (struct record){.path = in->path, .verdict = RECORD_UNFINISHED};
    r->run = csan__reader_keep(in, line);
    r->csan = csan__member_string(in, of, "csan", "");
    r->program = csan__member_string(in, of, "program", "??");
    r->time = csan__member_string(in, of, "time", "");
    r->cwd = csan__member_string(in, of, "cwd", "");
    r->test = csan__member_string(in, of, "test", NULL);
    r->pid = csan__member_number(of, "pid");
    r->parent = csan__member_number(of, "parent");
    r->processes = processes ? processes : 1;
    take_command(in, of);
    r->report.program = r->program;
    r->report.test = r->test;
    r->notes = r->report;
    in->is_open = true;
}

static void take_end(struct reader *in, const cJSON *of)
{
    struct record *r = &in->record;
    const char *verdict = csan__member_string(in, of, "verdict", "");
    r->elapsed_ns = csan__member_number(of, "elapsed_ns");
    r->verdict = strcmp(verdict, "unchecked") == 0 ? RECORD_UNCHECKED
                 : r->report.count > r->known      ? RECORD_FAIL
                                                   : RECORD_PASS;
    if (csan__member_number(of, "findings") + csan__member_number(of, "known") != r->report.count)
        csan__reader_complain(
            in, "%lu findings were written, and %u could be read",
            (unsigned long)(csan__member_number(of, "findings") + csan__member_number(of, "known")),
            r->report.count);
    if (csan__member_number(of, "notes") != r->notes.count)
        csan__reader_complain(in, "%lu notes were written, and %u could be read",
                              (unsigned long)csan__member_number(of, "notes"), r->notes.count);
    if (csan__member_number(of, "locks") != r->nlocks)
        csan__reader_complain(in, "%lu locks were written, and %u could be read",
                              (unsigned long)csan__member_number(of, "locks"), r->nlocks);
    hand_out(in);
}

static void take_value(struct reader *in, const cJSON *value, const char *line)
{
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(value, "type"));
    if (!type)
        csan__reader_complain(in, "this is no record of csan's");
    else if (strcmp(type, "run") == 0)
        take_run(in, value, line);
    else if (!in->is_open)
        csan__reader_complain(in, "this is no record of csan's, or its beginning is missing");
    else if (strcmp(type, "finding") == 0)
        csan__record_take_finding(in, value, line, false);
    else if (strcmp(type, "note") == 0)
        csan__record_take_finding(in, value, line, true);
    else if (strcmp(type, "lock") == 0)
        csan__record_take_lock(in, value, line);
    else if (strcmp(type, "end") == 0)
        take_end(in, value);
    /* a line of another type is of a newer csan, and nothing that this one could show */
}

static void take_line(struct reader *in, const char *line, size_t length)
{
    in->line++;
    if (strspn(line, " \t\r") == length)
        return;
    struct text clean = {.cap = 3 * length + 1};
    clean.buf = malloc(clean.cap);
    if (!clean.buf) {
        csan__reader_complain(in, "no memory for a line of %zu bytes", length);
        return;
    }
    csan__text_utf8(&clean, line, length);
    cJSON *value = cJSON_ParseWithOpts(clean.buf, NULL, true);
    if (value && strlen(clean.buf) == clean.len)
        take_value(in, value, clean.buf);
    else
        csan__reader_complain(in, in->line == 1 ? "this is no record of csan's"
                                                : "this line is cut or damaged");
    cJSON_Delete(value);
    free(clean.buf);
}

/* ------------------------------------------------------------------ files and folders */

/* A part, and a record that is being written, may lack their end. */
static void finish(struct reader *in)
{
    if (in->is_open && in->record.verdict == RECORD_UNFINISHED && !in->is_bad)
        csan__say("%s: it has no end: %s (process %lu) was killed, or the file is cut", in->path,
                  in->record.program, (unsigned long)in->record.pid);
    hand_out(in);
}

static int read_stream(struct reader *in, FILE *f)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while (!in->stop && (n = getline(&line, &room, f)) > 0) {
        if (line[n - 1] == '\n')
            line[--n] = '\0';
        if ((size_t)n > LINE_BYTES_MAX)
            csan__reader_complain(in, "a line of %zd bytes", n);
        else
            take_line(in, line, (size_t)n);
    }
    if (ferror(f))
        csan__reader_complain(in, "%s", strerror(errno));
    free(line);
    if (!in->stop && in->line == 0)
        csan__reader_complain(in, "the file is empty");
    if (!in->stop)
        finish(in);
    else
        hand_out(in);
    return in->stop ? in->stop : in->is_bad ? VERB_DARK : 0;
}

static int read_file(const char *path, record_visit *visit, void *arg)
{
    struct reader in = {.path = path, .visit = visit, .arg = arg};
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!f)
        return csan__say_dark("%s: %s", path, strerror(errno));
    int status = read_stream(&in, f);
    if (f != stdin)
        fclose(f);
    return status;
}

int csan__record_read_text(const char *name, const char *text, size_t length, record_visit *visit,
                           void *arg)
{
    struct reader in = {.path = name, .visit = visit, .arg = arg};
    FILE *f = length ? fmemopen((void *)(uintptr_t)text, length, "r") : fopen("/dev/null", "re");
    if (!f)
        return VERB_DARK;
    int status = read_stream(&in, f);
    fclose(f);
    return status;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

static int is_record(const struct dirent *e)
{
    return ends_with(e->d_name, ".jsonl") || ends_with(e->d_name, ".jsonl.part");
}

static int read_folder(const char *path, record_visit *visit, void *arg)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_record, alphasort), status = 0;
    if (n < 0)
        return csan__say_dark("%s: %s", path, strerror(errno));
    if (n == 0)
        status = csan__say_dark("%s: there is no record in this folder (CSAN_OUT=%s keeps one of "
                                "every process)",
                                path, path);
    for (int i = 0; i < n; i++) {
        char *file = NULL;
        if ((status == 0 || status == VERB_DARK) &&
            asprintf(&file, "%s/%s", path, entries[i]->d_name) > 0) {
            int one = read_file(file, visit, arg);
            status = one ? one : status;
            csan__progress("reading records", (size_t)i + 1, (size_t)n);
        }
        free(file);
        free(entries[i]);
    }
    free(entries);
    return status;
}

int csan__records_each(char *const *paths, int npaths, record_visit *visit, void *arg)
{
    int status = 0;
    for (int i = 0; i < npaths && (status == 0 || status == VERB_DARK); i++) {
        struct stat st;
        bool is_folder = stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode);
        int one = is_folder ? read_folder(paths[i], visit, arg) : read_file(paths[i], visit, arg);
        status = one ? one : status;
        if (!is_folder)
            csan__progress("reading records", (size_t)i + 1, (size_t)npaths);
    }
    csan__progress_end();
    return status;
}

/* ------------------------------------------------------------------ words */

const char *csan__record_root(const struct record *r, const struct shown *s)
{
    static char here[4096];
    if (!here[0] && (!getcwd(here, sizeof here) || here[1] == '\0'))
        strcpy(here, "?"); /* gone, or the root: all is below it, and better off absolute */
    const char *file = s->trace.count ? s->trace.frames[s->trace.place].file : "";
    return csan__report_relative(file, here) != file ? here : r->cwd;
}

const char *csan__record_place(const struct record *r, const struct shown *s, uint32_t *line,
                               uint32_t *column)
{
    *line = *column = 0;
    if (s->trace.count == 0 || !s->trace.frames[s->trace.place].file[0])
        return "";
    const struct frame *f = &s->trace.frames[s->trace.place];
    *line = f->line;
    *column = f->column ? f->column : 1;
    return csan__report_relative(f->file, csan__record_root(r, s));
}

void csan__record_claim(const struct shown *s, struct text *out)
{
    const char *limit = s->limit ? s->limit : "";
    csan__text_str(out, s->finding->what);
    if (s->finding->option && limit[0] && strcmp(limit, "on") != 0 && strcmp(limit, "off") != 0)
        csan__text_format(out, " > %s=%s", s->finding->option, limit);
}

void csan__record_name(const struct record *r, struct text *out)
{
    csan__text_str(out, r->program);
    if (r->test) {
        csan__text_format(out, " %s", r->test);
        return;
    }
    for (uint32_t i = 1; i < r->ncommand && out->len < 200; i++)
        csan__text_format(out, " %s", r->command[i]);
}
