#include "report/ask.h"

#include <errno.h>
#include <string.h>

/* Longer than any name that a C++ compiler gives, short enough to be no burden. */
#define LINE_BYTES_MAX ((size_t)1 << 20)

static void skip_unasked(struct answers *a)
{
    while (a->at < a->n && !a->questions[a->at].ask)
        a->at++;
}

void csan__answers_begin(struct answers *a, struct arena *scratch, struct question *questions,
                         size_t n)
{
    memset(a, 0, sizeof *a);
    a->scratch = scratch;
    a->questions = questions;
    a->n = n;
    skip_unasked(a);
}

struct field {
    const char *at;
    size_t n;
};

/* The next field up to `end_mark`; false: there is none. */
static bool take_field(struct field *rest, char end_mark, struct field *out)
{
    const char *end = memchr(rest->at, end_mark, rest->n);
    if (!end)
        return false;
    out->at = rest->at;
    out->n = (size_t)(end - rest->at);
    rest->n -= out->n + 1;
    rest->at = end + 1;
    return true;
}

static bool take_number(struct field *rest, uint32_t *out)
{
    struct field f;
    uint64_t v = 0;
    if (!take_field(rest, ' ', &f) || f.n == 0 || f.n > 10)
        return false;
    for (size_t i = 0; i < f.n; i++) {
        if (f.at[i] < '0' || f.at[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(f.at[i] - '0');
    }
    if (v > UINT32_MAX)
        return false;
    *out = (uint32_t)v;
    return true;
}

/* Leading blanks are told apart, so that the column can be shown under what is left. */
static bool set_source(struct answers *a, struct frame *f, struct field source)
{
    uint32_t indent = 0;
    while (source.n > 0 && (source.at[0] == ' ' || source.at[0] == '\t')) {
        source.at++;
        source.n--;
        indent++;
    }
    while (source.n > 0 && strchr(" \t\r", source.at[source.n - 1]))
        source.n--;
    f->source = source.n ? csan__arena_scratch_copy(a->scratch, source.at, source.n) : "";
    if (indent > 0 && f->column > indent && f->column - indent <= source.n)
        f->caret = f->column - indent;
    return f->source != NULL;
}

static bool set_file(struct answers *a, struct frame *f, struct field file)
{
    const char *last = a->last_file;
    if (file.n == 0)
        f->file = "";
    else if (last && strncmp(last, file.at, file.n) == 0 && last[file.n] == '\0')
        f->file = last;
    else
        f->file = a->last_file = csan__arena_scratch_copy(a->scratch, file.at, file.n);
    return f->file != NULL;
}

static int read_frame(struct answers *a, struct field rest)
{
    const struct question *q = &a->questions[a->at];
    struct frame f = {.module = q->module->path, .offset = q->pc - q->module->bias};
    struct field function, file, module;
    uint32_t inlined;
    if (!take_number(&rest, &inlined) || inlined > 1 || !take_number(&rest, &f.line) ||
        !take_number(&rest, &f.column) || !take_field(&rest, '\t', &function) ||
        !take_field(&rest, '\t', &file) || !take_field(&rest, '\t', &module))
        return -EPROTO;
    f.inlined = inlined == 1;
    f.function = function.n ? csan__arena_scratch_copy(a->scratch, function.at, function.n) : "??";
    if (!f.function || !set_file(a, &f, file) || !set_source(a, &f, rest))
        return -ENOMEM;
    if (f.file[0] == '\0')
        f.line = f.column = 0;
    if (a->npending == ASK_INLINED_MAX) /* a deeper chain than anyone reads */
        memmove(a->pending, a->pending + 1, sizeof f * --a->npending);
    a->pending[a->npending++] = f;
    return 0;
}

static int end_question(struct answers *a)
{
    struct question *q = &a->questions[a->at];
    if (a->npending > 0) {
        q->frames = csan__arena_scratch_alloc(a->scratch, sizeof *q->frames * a->npending);
        if (!q->frames)
            return -ENOMEM;
        memcpy(q->frames, a->pending, sizeof *q->frames * a->npending);
        q->frames[a->npending - 1].inlined = false; /* into what? the list ends here */
    }
    q->count = a->npending;
    q->answered = true;
    a->npending = 0;
    a->at++;
    skip_unasked(a);
    return 0;
}

static int read_line(struct answers *a, const char *line, size_t n)
{
    if (csan__answers_complete(a) || memchr(line, '\0', n))
        return -EPROTO;
    if (n == 1 && line[0] == ';')
        return end_question(a);
    if (n > 2 && line[0] == 'F' && line[1] == ' ')
        return read_frame(a, (struct field){line + 2, n - 2});
    return -EPROTO;
}

/* Keeps the beginning of a line until its end comes. */
static int keep(struct answers *a, const char *bytes, size_t n)
{
    if (n > LINE_BYTES_MAX - a->have)
        return -EPROTO;
    if (a->have + n > a->room) {
        size_t room = csan__base_round_up((a->have + n) * 2, 4096);
        char *larger = csan__arena_scratch_alloc(a->scratch, room);
        if (!larger)
            return -ENOMEM;
        memcpy(larger, a->line ? a->line : "", a->have);
        a->line = larger;
        a->room = room;
    }
    memcpy(a->line + a->have, bytes, n);
    a->have += n;
    return 0;
}

int csan__answers_read(struct answers *a, const char *bytes, size_t n)
{
    int error = 0;
    while (n > 0 && !error) {
        const char *newline = memchr(bytes, '\n', n);
        if (!newline)
            return keep(a, bytes, n);
        size_t length = (size_t)(newline - bytes);
        if (a->have > 0) {
            error = keep(a, bytes, length);
            if (!error)
                error = read_line(a, a->line, a->have);
            a->have = 0;
        } else {
            error = read_line(a, bytes, length);
        }
        bytes = newline + 1;
        n -= length + 1;
    }
    return error;
}
