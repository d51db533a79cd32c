/* Records read, by lines: a file of any length needs memory for one process's findings. */
#include "tools/record.h"

#include "tools/progress.h"
#include "tools/verb.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES_MAX ((size_t)256 << 20)
#define VERSION 1

struct reader {
    const char *path;
    uint64_t line;
    struct record record;
    bool is_open; /* a run has begun and has not ended */
    uint32_t room, notes_room;
    bool is_bad; /* something was said of this file */
    record_visit *visit;
    void *arg;
    int stop;
};

CSAN_PRINTF(2, 3) static void complain(struct reader *in, const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (!in->is_bad)
        csan__say("%s:%lu: %s", in->path, (unsigned long)in->line, what);
    in->is_bad = true;
}

/* ------------------------------------------------------------------ members */

static char *keep(struct reader *in, const char *s)
{
    char *copy = csan__arena_scratch_copy(&in->record.arena, s, strlen(s));
    if (!copy) {
        csan__say("out of memory");
        exit(VERB_DARK);
    }
    return copy;
}

static void *room_for(struct reader *in, size_t bytes)
{
    void *p = csan__arena_scratch_alloc(&in->record.arena, bytes);
    if (!p) {
        csan__say("out of memory");
        exit(VERB_DARK);
    }
    return p;
}

static const char *string_or(struct reader *in, const cJSON *of, const char *key,
                             const char *without)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(of, key));
    return s ? keep(in, s) : without;
}

static uint64_t number_of(const cJSON *of, const char *key)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(of, key);
    if (!cJSON_IsNumber(n) || !(n->valuedouble > 0))
        return 0;
    return n->valuedouble < 18446744073709549568.0 ? (uint64_t)n->valuedouble : UINT64_MAX;
}

static uint32_t small_number_of(const cJSON *of, const char *key)
{
    uint64_t n = number_of(of, key);
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static bool is_true(const cJSON *of, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(of, key));
}

/* ------------------------------------------------------------------ a finding */

static struct frame frame_of(struct reader *in, const cJSON *at)
{
    const char *offset = string_or(in, at, "offset", "0");
    struct frame f = {.function = string_or(in, at, "function", "??"),
                      .file = string_or(in, at, "file", ""),
                      .module = string_or(in, at, "module", ""),
                      .source = string_or(in, at, "source", ""),
                      .line = small_number_of(at, "line"),
                      .column = small_number_of(at, "column"),
                      .caret = small_number_of(at, "caret"),
                      .offset = strtoul(offset, NULL, 16),
                      .inlined = is_true(at, "inlined"),
                      .own = is_true(at, "own")};
    if (!f.function[0])
        f.function = "??";
    if (!f.file[0])
        f.line = 0;
    if (f.caret > strlen(f.source))
        f.caret = 0;
    return f;
}

static struct trace trace_of(struct reader *in, const cJSON *of)
{
    const cJSON *stack = cJSON_GetObjectItemCaseSensitive(of, "stack"), *at;
    uint32_t n = 0, count = cJSON_IsArray(stack) ? (uint32_t)cJSON_GetArraySize(stack) : 0;
    struct trace t = {.count = count, .truncated = is_true(of, "truncated")};
    t.frames = room_for(in, count * sizeof *t.frames);
    for (at = count ? stack->child : NULL; at && n < count; at = at->next)
        t.frames[n++] = frame_of(in, at);
    t.place = small_number_of(of, "place");
    if (t.place >= count)
        t.place = 0;
    return t;
}

static bool kind_of(const char *name, enum finding_kind *kind)
{
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        *kind = (enum finding_kind)k;
        if (strcmp(csan__finding_kind_name(*kind), name) == 0)
            return true;
    }
    return false;
}

static void take_parties(struct reader *in, const cJSON *of, struct finding *f, struct shown *s)
{
    const cJSON *parties = cJSON_GetObjectItemCaseSensitive(of, "parties"), *at;
    if (!cJSON_IsArray(parties))
        return;
    for (at = parties->child; at && f->nparties < FINDING_PARTIES; at = at->next) {
        s->parties[f->nparties] = trace_of(in, at);
        f->parties[f->nparties].threads = small_number_of(at, "threads");
        f->parties[f->nparties++].label = string_or(in, at, "label", "");
    }
}

static const char *const place_kinds[] = {
#define PLACE(kind, name) [kind] = name,
#include "report/place_kinds.inc"
#undef PLACE
};

static struct place place_of(struct reader *in, const cJSON *at)
{
    const char *kind = string_or(in, at, "kind", ""), *module = string_or(in, at, "module", "");
    struct place p = {.kind = PLACE_MAPPED,
                      .tid = (int)(small_number_of(at, "thread") & INT32_MAX),
                      .follows = is_true(at, "follows"),
                      .at = strtoul(string_or(in, at, "at", "0"), NULL, 16),
                      .value = strtoul(string_or(in, at, "value", "0"), NULL, 16),
                      .offset = number_of(at, "offset"),
                      .bytes = number_of(at, "bytes"),
                      .skipped = small_number_of(at, "skipped")};
    for (unsigned k = 0; k < PLACE_KINDS; k++)
        if (strcmp(place_kinds[k], kind) == 0)
            p.kind = (enum place_kind)k;
    if (module[0]) {
        struct module *m = room_for(in, sizeof *m);
        struct text path = TEXT(m->path);
        csan__text_str(&path, module);
        p.module = m;
    }
    return p;
}

static void take_places(struct reader *in, const cJSON *of, struct finding *f, struct shown *s)
{
    const cJSON *places = cJSON_GetObjectItemCaseSensitive(of, "places"), *at;
    uint32_t n = 0, count = cJSON_IsArray(places) ? (uint32_t)cJSON_GetArraySize(places) : 0;
    if (!count)
        return;
    struct place *all = room_for(in, count * sizeof *all);
    s->places = room_for(in, count * sizeof *s->places);
    for (at = places->child; at && n < count; at = at->next, n++) {
        all[n] = place_of(in, at);
        s->places[n] = (struct named_place){.place = &all[n],
                                            .name = string_or(in, at, "name", ""),
                                            .file = string_or(in, at, "file", ""),
                                            .line = small_number_of(at, "line"),
                                            .pointee = string_or(in, at, "pointee", ""),
                                            .trace = trace_of(in, at)};
    }
    f->places = all;
    f->nplaces = count;
}

static void take_rounds(struct reader *in, const cJSON *of, struct finding *f)
{
    const cJSON *rounds = cJSON_GetObjectItemCaseSensitive(of, "rounds"), *at;
    uint32_t count = cJSON_IsArray(rounds) ? (uint32_t)cJSON_GetArraySize(rounds) : 0;
    if (!count)
        return;
    struct finding_round *all = room_for(in, count * sizeof *all);
    for (at = rounds->child; at && f->nrounds < count; at = at->next)
        all[f->nrounds++] = (struct finding_round){number_of(at, "round"), number_of(at, "bytes"),
                                                   number_of(at, "blocks")};
    f->rounds = all;
}

static void take_times(struct reader *in, const cJSON *of, struct finding *f)
{
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(of, "times"), *at;
    const cJSON *buckets = cJSON_GetObjectItemCaseSensitive(times, "buckets");
    uint32_t count = cJSON_IsArray(buckets) ? (uint32_t)cJSON_GetArraySize(buckets) : 0;
    if (!count)
        return;
    struct finding_times *t = room_for(in, sizeof *t);
    struct finding_bucket *all = room_for(in, count * sizeof *all);
    *t = (struct finding_times){.count = number_of(times, "count"),
                                .sum_ns = number_of(times, "sum_ns"),
                                .max_ns = number_of(times, "max_ns"),
                                .p50_ns = number_of(times, "p50_ns"),
                                .p90_ns = number_of(times, "p90_ns"),
                                .p99_ns = number_of(times, "p99_ns"),
                                .buckets = all};
    for (at = buckets->child; at && t->nbuckets < count; at = at->next)
        all[t->nbuckets++] = (struct finding_bucket){
            number_of(at, "from_ns"), number_of(at, "to_ns"), number_of(at, "count")};
    f->times = t;
}

/* Only what a finding can have is an option: its name becomes part of a line. */
static const char *option_of(struct reader *in, const cJSON *of)
{
    const char *name = string_or(in, of, "option", NULL);
    return name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) && *name
               ? name
               : NULL;
}

/* Findings, or notes. */
struct list {
    struct report *report;
    struct record_extra **extras;
    uint32_t *room;
};

static struct list list_of(struct reader *in, bool notes)
{
    struct record *r = &in->record;
    return notes ? (struct list){&r->notes, &r->note_extras, &in->notes_room}
                 : (struct list){&r->report, &r->extras, &in->room};
}

static void *grown(struct reader *in, const struct list *l, void *array, size_t bytes)
{
    void *larger = room_for(in, 2 * (size_t)*l->room * bytes);
    if (l->report->count)
        memcpy(larger, array, l->report->count * bytes);
    return larger;
}

static void make_room(struct reader *in, const struct list *l)
{
    if (l->report->count < *l->room)
        return;
    if (!*l->room)
        *l->room = 4;
    l->report->shown = grown(in, l, l->report->shown, sizeof *l->report->shown);
    *l->extras = grown(in, l, *l->extras, sizeof **l->extras);
    *l->room *= 2;
}

static void take_finding(struct reader *in, const cJSON *of, const char *line, bool is_note)
{
    struct record *r = &in->record;
    struct list list = list_of(in, is_note);
    const char *name = string_or(in, of, "fingerprint", "");
    char *end;
    enum finding_kind kind;
    unsigned long fingerprint = strtoul(name, &end, 16);
    if (strlen(name) != 8 || *end) {
        complain(in, "a finding without a fingerprint");
        return;
    }
    if (!kind_of(string_or(in, of, "kind", ""), &kind)) {
        complain(in,
                 "a finding of the kind %.40s, which this csan does not know: is it older than "
                 "the one that wrote this?",
                 string_or(in, of, "kind", "(none)"));
        return;
    }
    struct finding *f = room_for(in, sizeof *f);
    *f = (struct finding){.kind = kind,
                          .amount = number_of(of, "amount"),
                          .count = number_of(of, "count"),
                          .threads = small_number_of(of, "threads"),
                          .behind_bytes = number_of(of, "behind_bytes"),
                          .behind_count = number_of(of, "behind_count"),
                          .what = string_or(in, of, "message", "found"),
                          .option = option_of(in, of),
                          .note = string_or(in, of, "note", NULL),
                          .attempt = string_or(in, of, "try", NULL),
                          .kept_bytes = number_of(of, "kept_bytes"),
                          .kept_blocks = number_of(of, "kept_blocks"),
                          .is_note = is_note};
    make_room(in, &list);
    struct shown *s = &list.report->shown[list.report->count];
    *s = (struct shown){.finding = f,
                        .trace = trace_of(in, of),
                        .test = string_or(in, of, "test", NULL),
                        .fingerprint = (uint32_t)fingerprint,
                        .limit = string_or(in, of, "limit", ""),
                        .known = is_true(of, "known")};
    take_parties(in, of, f, s);
    take_places(in, of, f, s);
    take_rounds(in, of, f);
    take_times(in, of, f);
    uint64_t processes = number_of(of, "processes");
    (*list.extras)[list.report->count] =
        (struct record_extra){.line = keep(in, line),
                              .unit = string_or(in, of, "unit", "number"),
                              .pid = number_of(of, "pid"),
                              .processes = processes ? processes : 1,
                              .setting = string_or(in, of, "accept", ""),
                              .suppression = string_or(in, of, "suppression", ""),
                              .program = string_or(in, of, "program", r->program)};
    list.report->count++;
    r->known += s->known && !is_note;
}

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
    in->room = in->notes_room = 0;
}

static void take_command(struct reader *in, const cJSON *of)
{
    struct record *r = &in->record;
    const cJSON *words = cJSON_GetObjectItemCaseSensitive(of, "command"), *at;
    if (!cJSON_IsArray(words))
        return;
    r->command = room_for(in, ((size_t)cJSON_GetArraySize(words) + 1) * sizeof *r->command);
    for (at = words->child; at; at = at->next) {
        if (cJSON_IsString(at))
            r->command[r->ncommand++] = keep(in, at->valuestring);
    }
}

static void take_run(struct reader *in, const cJSON *of, const char *line)
{
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(of, "schema"));
    uint64_t version = number_of(of, "version");
    hand_out(in); /* what was there has no end */
    if (!schema || strcmp(schema, "csan-jsonl") != 0) {
        complain(in, "this is no record of csan's");
        return;
    }
    if (version != VERSION) {
        complain(in, "a record of version %lu; this csan reads version %d: %s",
                 (unsigned long)version, VERSION,
                 version > VERSION ? "a newer csan is needed" : "record it anew");
        return;
    }
    struct record *r = &in->record;
    uint64_t processes = number_of(of, "processes");
    *r = (struct record){.path = in->path, .verdict = RECORD_UNFINISHED};
    r->run = keep(in, line);
    r->csan = string_or(in, of, "csan", "");
    r->program = string_or(in, of, "program", "??");
    r->time = string_or(in, of, "time", "");
    r->cwd = string_or(in, of, "cwd", "");
    r->test = string_or(in, of, "test", NULL);
    r->pid = number_of(of, "pid");
    r->parent = number_of(of, "parent");
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
    const char *verdict = string_or(in, of, "verdict", "");
    r->elapsed_ns = number_of(of, "elapsed_ns");
    r->verdict = strcmp(verdict, "unchecked") == 0 ? RECORD_UNCHECKED
                 : r->report.count > r->known      ? RECORD_FAIL
                                                   : RECORD_PASS;
    if (number_of(of, "findings") + number_of(of, "known") != r->report.count)
        complain(in, "%lu findings were written, and %u could be read",
                 (unsigned long)(number_of(of, "findings") + number_of(of, "known")),
                 r->report.count);
    if (number_of(of, "notes") != r->notes.count)
        complain(in, "%lu notes were written, and %u could be read",
                 (unsigned long)number_of(of, "notes"), r->notes.count);
    hand_out(in);
}

static void take_value(struct reader *in, const cJSON *value, const char *line)
{
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(value, "type"));
    if (!type)
        complain(in, "this is no record of csan's");
    else if (strcmp(type, "run") == 0)
        take_run(in, value, line);
    else if (!in->is_open)
        complain(in, "this is no record of csan's, or its beginning is missing");
    else if (strcmp(type, "finding") == 0)
        take_finding(in, value, line, false);
    else if (strcmp(type, "note") == 0)
        take_finding(in, value, line, true);
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
        complain(in, "no memory for a line of %zu bytes", length);
        return;
    }
    csan__text_utf8(&clean, line, length);
    cJSON *value = cJSON_ParseWithOpts(clean.buf, NULL, true);
    if (value && strlen(clean.buf) == clean.len)
        take_value(in, value, clean.buf);
    else
        complain(in, in->line == 1 ? "this is no record of csan's" : "this line is cut or damaged");
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
            complain(in, "a line of %zd bytes", n);
        else
            take_line(in, line, (size_t)n);
    }
    if (ferror(f))
        complain(in, "%s", strerror(errno));
    free(line);
    if (!in->stop && in->line == 0)
        complain(in, "the file is empty");
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
