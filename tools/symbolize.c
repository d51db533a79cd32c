/* csan symbolize: the runtime's helper (the protocol is in report/symbol.h), and the same for
 * people who have a file and an address.
 *
 *   questions read to the end ──▶ answered by module and address ──▶ written in the order asked
 *
 * so that one file is open at a time, and each distinct address is looked up once. */
#include "tools/guard.h"
#include "tools/names.h"
#include "tools/progress.h"
#include "tools/source.h"
#include "tools/verb.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 16384
#define COMPLAINTS_MAX 10
#define STEPS_MAX 64

struct module {
    uint64_t id;
    char *path;
    uint8_t build_id[BUILD_ID_BYTES_MAX];
    size_t build_id_bytes;
    bool dead; /* cannot be read: said, and not tried again */
};

struct question {
    uint32_t module; /* index; NO_MODULE: not understood */
    uint64_t address;
    char kind;       /* 'A' code, 'D' data, 'T' thread-local */
    uint64_t *steps; /* of data: see names.h */
    size_t nsteps;
    size_t seat;  /* its place in the order asked */
    char *answer; /* NULL: not yet; shared with `twin` */
    size_t bytes;
    size_t twin; /* the seat that holds the answer */
};

#define NO_MODULE UINT32_MAX

struct session {
    struct module *modules;
    size_t nmodules, room_modules;
    struct question *questions;
    size_t nquestions, room_questions;
    unsigned complaints;
    bool out_of_memory;
};

/* ------------------------------------------------------------------ reading the questions */

static void complain(struct session *s, const char *line)
{
    if (s->complaints++ < COMPLAINTS_MAX) {
        csan__say("symbolize: not understood: \"%.40s\"", line);
    }
}

/* Room for one more; false: no memory, and the session says so at its end. */
static bool make_room(struct session *s, void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return true;
    }
    size_t more = *room == 0 ? 64 : *room * 2;
    void *larger = reallocarray(*array, more, size);
    if (larger == NULL) {
        s->out_of_memory = true;
        return false;
    }
    *array = larger;
    *room = more;
    return true;
}

static void add_question(struct session *s, struct question q)
{
    void *array = s->questions;
    bool fits = make_room(s, &array, s->nquestions, &s->room_questions, sizeof s->questions[0]);
    s->questions = array;
    if (fits) {
        q.seat = q.twin = s->nquestions;
        s->questions[s->nquestions++] = q;
    } else {
        free(q.steps);
    }
}

static bool read_number(const char **at, int base, uint64_t *out)
{
    char *end = NULL;
    if (**at == '\0' || strchr(" \t+-", **at) != NULL) {
        return false;
    }
    errno = 0;
    *out = strtoull(*at, &end, base);
    if (end == *at || errno != 0) {
        return false;
    }
    *at = *end == ' ' ? end + 1 : end;
    return *end == ' ' || *end == '\0';
}

/* The bytes of a build-id, or `-`. */
static bool read_build_id(const char **at, struct module *m)
{
    if (strncmp(*at, "- ", 2) == 0) {
        *at += 2;
        return true;
    }
    for (const char *hex = *at; m->build_id_bytes < sizeof m->build_id; hex += 2) {
        unsigned byte;
        if (sscanf(hex, "%2x", &byte) != 1 || hex[1] == ' ') {
            return false;
        }
        m->build_id[m->build_id_bytes++] = (uint8_t)byte;
        if (hex[2] == ' ') {
            *at = hex + 3;
            return true;
        }
    }
    return false;
}

/* `<id> <bias> <lo> <hi> <build-id or -> <path>`; the path may hold blanks. */
static bool read_module(struct session *s, const char *at)
{
    struct module m = {0};
    uint64_t bias, lo, hi;
    if (!read_number(&at, 10, &m.id) || !read_number(&at, 16, &bias) ||
        !read_number(&at, 16, &lo) || !read_number(&at, 16, &hi) || !read_build_id(&at, &m) ||
        *at == '\0') {
        return false;
    }
    void *array = s->modules;
    bool fits = make_room(s, &array, s->nmodules, &s->room_modules, sizeof s->modules[0]);
    s->modules = array;
    m.path = fits ? strdup(at) : NULL;
    s->out_of_memory |= m.path == NULL;
    if (m.path != NULL) {
        s->modules[s->nmodules++] = m;
    }
    return true;
}

/* The latest module of that id: they are asked about soon after they are named. */
static uint32_t find_module(const struct session *s, uint64_t id)
{
    for (size_t i = s->nmodules; i-- > 0;) {
        if (s->modules[i].id == id) {
            return (uint32_t)i;
        }
    }
    return NO_MODULE;
}

/* What follows the address of data. */
static bool read_steps(struct session *s, const char *at, struct question *q)
{
    uint64_t steps[STEPS_MAX];
    while (*at != '\0') {
        if (q->nsteps == STEPS_MAX || !read_number(&at, 16, &steps[q->nsteps++])) {
            return false;
        }
    }
    q->steps = q->nsteps == 0 ? NULL : calloc(q->nsteps, sizeof steps[0]);
    if (q->steps != NULL) {
        memcpy(q->steps, steps, q->nsteps * sizeof steps[0]);
    } else if (q->nsteps != 0) {
        s->out_of_memory = true;
        q->nsteps = 0;
    }
    return true;
}

static bool read_address(struct session *s, char kind, const char *at)
{
    uint64_t id;
    struct question q = {.kind = kind};
    if (!read_number(&at, 10, &id) || !read_number(&at, 16, &q.address) ||
        (kind != 'A' && !read_steps(s, at, &q))) {
        return false;
    }
    uint32_t module = q.module = find_module(s, id);
    add_question(s, q);
    if (module == NO_MODULE && s->complaints++ < COMPLAINTS_MAX) {
        csan__say("symbolize: there is no module %" PRIu64, id);
    }
    return true;
}

/* False at the end. A line that makes no sense is a question without an answer. */
static bool read_request(struct session *s, FILE *in)
{
    char line[LINE_BYTES];
    if (fgets(line, sizeof line, in) == NULL) {
        return false;
    }
    size_t length = strcspn(line, "\n");
    bool is_whole = line[length] == '\n';
    line[length] = '\0';
    for (int c = 0; !is_whole && (c = getc(in)) != EOF && c != '\n';) {
    }
    if (strcmp(line, ".") == 0) {
        return false;
    }
    bool good = false;
    if (strncmp(line, "M ", 2) == 0) {
        good = read_module(s, line + 2);
    } else if (line[0] != '\0' && strchr("ADT", line[0]) != NULL && line[1] == ' ') {
        good = read_address(s, line[0], line + 2);
    }
    if (!good) {
        complain(s, line);
        add_question(s, (struct question){.module = NO_MODULE, .kind = 'A'});
    }
    return true;
}

/* ------------------------------------------------------------------ answering */

/* What one guarded look-up works on. */
struct look {
    struct names *names;
    struct module *module;
    uint64_t address;
    const struct question *question;
    FILE *out;
    const char *why; /* why the file gives no names; NULL: it does */
    unsigned count;
};

/* Names come from files that anybody may have made: no byte of theirs may end a field. */
static void put_name(FILE *out, const char *name)
{
    for (; *name != '\0'; name++) {
        putc_unlocked((unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name, out);
    }
}

static void put_frame(struct look *look, const struct spot *spot, const char *file)
{
    fprintf(look->out, "F %d %" PRIu32 " %" PRIu32 " ", spot->inlined, spot->line, spot->column);
    put_name(look->out, spot->function);
    putc('\t', look->out);
    put_name(look->out, file);
    putc('\t', look->out);
    put_name(look->out, look->module->path);
    putc('\t', look->out);
}

static void put_spot(const struct spot *spot, void *arg)
{
    struct look *look = arg;
    const char *file = csan__source_path(spot->file);
    char source[SOURCE_BYTES];
    csan__source_line(file, spot->line, source);
    put_frame(look, spot, file);
    fprintf(look->out, "%s\n", source);
}

static void put_data(const struct spot *spot, const char *pointee, void *arg)
{
    struct look *look = arg;
    put_frame(look, spot, csan__source_path(spot->file));
    put_name(look->out, pointee);
    putc('\n', look->out);
}

static void look_up(void *arg)
{
    struct look *look = arg;
    const struct question *q = look->question;
    struct data data = {q->address, q->kind == 'T', q->steps, q->nsteps};
    if (q->kind == 'A') {
        csan__names_find(look->names, look->address, put_spot, look);
    } else {
        csan__names_find_data(look->names, &data, put_data, look);
    }
}

/* The file on disk must be the one that was loaded. */
static void open_names(void *arg)
{
    struct look *look = arg;
    uint8_t build_id[BUILD_ID_BYTES_MAX];
    if (csan__names_open(look->module->path, &look->names, &look->why) != 0) {
        look->names = NULL;
        return;
    }
    size_t bytes = csan__names_build_id(look->names, build_id);
    size_t wanted = look->module->build_id_bytes;
    if (wanted != 0 && (bytes != wanted || memcmp(build_id, look->module->build_id, wanted) != 0)) {
        look->why = "it was replaced since it was loaded (another build-id)";
    }
}

static void close_names(void *arg)
{
    struct look *look = arg;
    csan__names_close(look->names);
}

/* After a crash the file's names are left as they are: nothing of theirs can be trusted. */
static void give_up(struct look *look, int ended_by)
{
    csan__say("symbolize: no names from %s: %s", look->module->path,
              look->why != NULL ? look->why : csan__guard_reason(ended_by));
    look->module->dead = true;
    look->names = NULL;
}

static void switch_to(struct look *look, struct module *m)
{
    if (look->module == m) {
        return;
    }
    if (look->names != NULL) {
        csan__guard_call(close_names, look);
    }
    *look = (struct look){.module = m};
    if (m == NULL || m->dead || strncmp(m->path, "[vdso]", 6) == 0 || m->path[0] != '/') {
        return; /* the kernel's own code is in no file */
    }
    int crashed = csan__guard_call(open_names, look);
    if (crashed != 0 || look->why != NULL) {
        give_up(look, crashed);
    }
}

static void answer(struct session *s, struct question *q, struct look *look)
{
    look->out = open_memstream(&q->answer, &q->bytes);
    look->address = q->address;
    look->question = q;
    if (look->out == NULL) {
        s->out_of_memory = true;
        return;
    }
    int crashed = look->names == NULL ? 0 : csan__guard_call(look_up, look);
    if (crashed != 0) {
        look->why = NULL;
        give_up(look, crashed);
    }
    fclose(look->out);
}

static int by_address(const void *a, const void *b)
{
    const struct question *x = *(struct question *const *)a, *y = *(struct question *const *)b;
    if (x->module != y->module) {
        return x->module < y->module ? -1 : 1;
    }
    if (x->address != y->address) {
        return x->address < y->address ? -1 : 1;
    }
    return x->seat < y->seat ? -1 : 1;
}

/* Writes what is answered, in the order asked, up to the first that is not (unless nothing more
 * will be); returns its seat. */
static size_t flush_answers(const struct session *s, size_t seat, bool is_last)
{
    for (; seat < s->nquestions; seat++) {
        const struct question *holder = &s->questions[s->questions[seat].twin];
        if (holder->answer == NULL && !is_last) {
            break;
        }
        fwrite(holder->answer, 1, holder->answer == NULL ? 0 : holder->bytes, stdout);
        fputs(";\n", stdout);
    }
    return seat;
}

static struct question **sort_questions(struct session *s)
{
    struct question **order = calloc(s->nquestions + 1, sizeof *order);
    if (order == NULL) {
        s->out_of_memory = true;
        return NULL;
    }
    for (size_t i = 0; i < s->nquestions; i++) {
        order[i] = &s->questions[i];
    }
    qsort(order, s->nquestions, sizeof *order, by_address);
    return order;
}

static void answer_all(struct session *s)
{
    static struct look look; /* open at the end: see serve */
    struct question **order = sort_questions(s);
    size_t seat = 0;
    for (size_t i = 0; order != NULL && i < s->nquestions; i++) {
        struct question *q = order[i], *before = i == 0 ? NULL : order[i - 1];
        if (before != NULL && before->module == q->module && before->address == q->address &&
            q->kind == 'A' && before->kind == 'A') {
            q->twin = before->twin;
        } else {
            switch_to(&look, q->module == NO_MODULE ? NULL : &s->modules[q->module]);
            answer(s, q, &look);
        }
        seat = flush_answers(s, seat, false);
        csan__progress("looking up names", i + 1, s->nquestions);
    }
    csan__progress_end();
    flush_answers(s, seat, true);
    free(order);
}

/* The runtime starts its helper with every signal blocked: what is sent to the program's group is
 * the program's. A write to a program that has gone must end it all the same. */
static void unblock_sigpipe(void)
{
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, SIGPIPE);
    sigprocmask(SIG_UNBLOCK, &own, NULL);
}

/* The program waits for our end: what is held then is left to the system, in reach, so that csan
 * can be watched by itself. */
static int serve(FILE *in)
{
    static struct session s;
    unblock_sigpipe();
    while (read_request(&s, in)) {
    }
    answer_all(&s);
    if (s.complaints > COMPLAINTS_MAX) {
        csan__say("symbolize: and %u more lines not understood", s.complaints - COMPLAINTS_MAX);
    }
    if (s.out_of_memory) {
        return csan__say_dark("symbolize: out of memory: some addresses have no names");
    }
    return 0;
}

/* ------------------------------------------------------------------ for people */

static void print_spot(const struct spot *spot, void *arg)
{
    struct look *look = arg;
    look->count++;
    put_name(stdout, spot->function);
    putchar(' ');
    if (spot->file[0] != '\0') {
        put_name(stdout, csan__source_path(spot->file));
        printf(":%" PRIu32 ":%" PRIu32, spot->line, spot->column == 0 ? 1 : spot->column);
    } else {
        printf("%s+0x%" PRIx64, look->module->path, look->address);
    }
    puts(spot->inlined ? " (inlined)" : "");
}

static void print_address(void *arg)
{
    struct look *look = arg;
    csan__names_find(look->names, look->address, print_spot, look);
    if (look->count == 0) {
        printf("?? %s+0x%" PRIx64 "\n", look->module->path, look->address);
    }
}

static int print_addresses(char *path, char **addresses)
{
    struct module m = {.path = path};
    struct look look = {.module = &m};
    int crashed = csan__guard_call(open_names, &look);
    if (crashed != 0 || look.why != NULL) {
        return csan__say_dark("symbolize: %s: %s", path,
                              crashed != 0 ? csan__guard_reason(crashed) : look.why);
    }
    for (; *addresses != NULL; addresses++) {
        const char *at = *addresses;
        if (!read_number(&at, 16, &look.address) || *at != '\0') {
            return csan__say_dark("symbolize: %s is no address: write it in hexadecimal, as in "
                                  "0x12ab",
                                  *addresses);
        }
        look.count = 0;
        crashed = csan__guard_call(print_address, &look);
        if (crashed != 0) {
            return csan__say_dark("symbolize: %s: %s", path, csan__guard_reason(crashed));
        }
    }
    csan__names_close(look.names);
    csan__source_free();
    return 0;
}

int csan__symbolize_verb(int argc, char **argv)
{
    csan__names_start();
    if (argc > 2) {
        return print_addresses(argv[1], argv + 2);
    }
    if (argc == 2) {
        return csan__say_dark("symbolize: which addresses of %s? They follow it, in hexadecimal",
                              argv[1]);
    }
    if (isatty(STDIN_FILENO) == 1) {
        return csan__say_dark("symbolize: give a file and addresses in it, in hexadecimal: "
                              "csan symbolize ./prog 0x12ab");
    }
    return serve(stdin);
}
