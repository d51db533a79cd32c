#include "report/frames.h"
#include "base/options.h"
#include "report/origin.h"
#include "report/report.h"

#include <string.h>

#define INDENT PAGE_INDENT
#define LIBRARY_COLUMNS 32 /* of a library's name in a fold */

void csan__frames_module(struct text *out, const struct frame *f)
{
    csan__text_str(out, csan__origin_base(f->module));
    csan__text_str(out, f->module[0] ? "+0x" : "0x");
    csan__text_hex(out, f->offset);
}

const char *csan__report_relative(const char *file, const char *cwd)
{
    size_t n = cwd ? strlen(cwd) : 0;
    while (n > 0 && cwd[n - 1] == '/')
        n--;
    if (!cwd || cwd[0] != '/' || strncmp(file, cwd, n) != 0 || file[n] != '/')
        return file;
    const char *below = file + n;
    while (*below == '/')
        below++;
    return *below ? below : file;
}

/* ------------------------------------------------------------------ one frame */

static void put_location(struct text *out, const struct page *p, const struct frame *f)
{
    if (f->file[0]) {
        csan__text_str(out, csan__report_relative(f->file, p->cwd));
        return;
    }
    bool has_name = strcmp(f->function, "??") != 0;
    csan__text_str(out, has_name ? "(" : "");
    csan__frames_module(out, f);
    csan__text_str(out, has_name ? ")" : "");
}

/* `at FUNCTION FILE:LINE (inlined)`, from `column` on; the path gives way before the name does, and
 * keeps half of the room. `times`: how often in a row. */
static void put_frame(struct page *p, const struct frame *f, uint32_t times, uint32_t column)
{
    char where_room[2048], end_room[64];
    struct text where = TEXT(where_room), end = TEXT(end_room);
    bool has_name = strcmp(f->function, "??") != 0 || f->file[0];
    put_location(&where, p, f);
    end_room[0] = '\0';
    if (f->file[0])
        csan__text_format(&end, ":%u", f->line);
    if (f->inlined)
        csan__text_str(&end, " (inlined)");
    if (times > 1)
        csan__text_format(&end, " (%u times)", times);
    uint32_t used = column + 3 + csan__page_columns(end_room) + (has_name ? 1 : 0);
    uint32_t room = PAGE_COLUMNS > used + 20 ? PAGE_COLUMNS - used : 20;
    uint32_t name = has_name ? csan__page_columns(f->function) : 0;
    uint32_t path = csan__page_columns(where_room);
    if (name + path > room) {
        uint32_t left = name < room ? room - name : 0;
        path = left > room / 2 ? left : room / 2 < path ? room / 2 : path;
        name = room - path;
    }
    csan__page_put(p, "at ");
    if (has_name) {
        csan__page_put_short(p, f->function, name, CUT_NAME);
        csan__page_put(p, " ");
    }
    csan__page_put_short(p, where_room, path, CUT_PATH);
    csan__page_put(p, end_room);
}

/* ------------------------------------------------------------------ the stack */

/* What one line of a stack shows: a frame, the same frame several times, or a fold of libraries'.
 */
struct row {
    uint32_t first, count;
    bool folded;
};

static bool is_same_frame(const struct frame *a, const struct frame *b)
{
    return a->line == b->line && a->inlined == b->inlined && a->offset == b->offset &&
           strcmp(a->function, b->function) == 0 && strcmp(a->file, b->file) == 0;
}

static struct row row_at(const struct trace *t, uint32_t at, uint32_t end)
{
    struct row row = {.first = at, .count = 1, .folded = false};
    const struct frame *f = &t->frames[at];
    while (at + row.count < end && is_same_frame(f, &t->frames[at + row.count]))
        row.count++;
    if (row.count > 1 || f->own)
        return row;
    while (at + row.count < end && !t->frames[at + row.count].own)
        row.count++;
    row.folded = row.count > 1;
    return row;
}

static uint32_t count_rows(const struct trace *t, uint32_t from, uint32_t end)
{
    uint32_t n = 0;
    for (; from < end; n++)
        from += row_at(t, from, end).count;
    return n;
}

/* What starts main and threads is the same in every stack, and nobody's business: libc's frames,
 * and _start, which has no name in a stripped program. */
static uint32_t end_of(const struct trace *t)
{
    uint32_t end = t->count, least = t->place + 1;
    if (end > least + 1 && strcmp(t->frames[end - 1].function, "??") == 0 &&
        csan__origin_is_libc(&t->frames[end - 2]))
        end--;
    while (end > least && csan__origin_is_libc(&t->frames[end - 1]))
        end--;
    return end;
}

/* `… 6 frames of libfoo and libbar` */
static void put_fold(struct page *p, const struct trace *t, struct row row)
{
    char first_room[128], other_room[128];
    uint32_t names = 1;
    struct text first = TEXT(first_room);
    csan__origin_name(&t->frames[row.first], &first);
    for (uint32_t i = 1; i < row.count && names < 3; i++) {
        char room[128];
        struct text one = TEXT(room);
        csan__origin_name(&t->frames[row.first + i], &one);
        if (strcmp(room, first_room) == 0 || (names == 2 && strcmp(room, other_room) == 0))
            continue;
        if (++names == 2)
            memcpy(other_room, room, sizeof room);
    }
    csan__page_put(p, "… ");
    csan__text_count(p->out, row.count, "frame");
    csan__page_put(p, " of ");
    csan__page_put_short(p, first_room, LIBRARY_COLUMNS, CUT_NAME);
    if (names == 2) {
        csan__page_put(p, " and ");
        csan__page_put_short(p, other_room, LIBRARY_COLUMNS, CUT_NAME);
    } else if (names > 2) {
        csan__page_put(p, " and others");
    }
}

uint32_t csan__frames_rows(const struct trace *t)
{
    return count_rows(t, 0, end_of(t)) + (t->truncated ? 1 : 0);
}

/* csan's own frames are missing from the trace: a few less than stack_depth is all of it. */
static const char *why_truncated(const struct trace *t)
{
    uint32_t called = 0;
    for (uint32_t i = 0; i < t->count; i++)
        called += !t->frames[i].inlined;
    return called + 4 >= csan__options.stack_depth ? "stack_depth ends here"
                                                   : "the stack is lost here";
}

static void put_rest(struct page *p, const struct trace *t, uint32_t left)
{
    if (left == 0 && !t->truncated)
        return;
    csan__page_line(p);
    csan__page_ink(p, INK_DIM);
    csan__page_blanks(p, INDENT);
    csan__page_put(p, "… ");
    if (left > 0)
        csan__text_count(p->out, left, "more frame");
    if (t->truncated) {
        csan__page_put(p, left > 0 ? ", then " : "");
        csan__page_put(p, why_truncated(t));
    }
    csan__page_ink(p, INK_PLAIN);
}

void csan__frames_stack(struct page *p, const struct trace *t, uint32_t lines)
{
    uint32_t end = end_of(t), at = 0, rows = count_rows(t, 0, end);
    bool all = rows + (t->truncated ? 1 : 0) <= lines;
    for (uint32_t n = 0; at < end && (all || n + 1 < lines); n++) {
        struct row row = row_at(t, at, end);
        bool is_place = t->place >= at && t->place < at + row.count;
        csan__page_line(p);
        if (!is_place)
            csan__page_ink(p, INK_DIM);
        csan__page_blanks(p, INDENT);
        if (row.folded)
            put_fold(p, t, row);
        else
            put_frame(p, &t->frames[at], row.count, INDENT);
        if (!is_place)
            csan__page_ink(p, INK_PLAIN);
        at += row.count;
    }
    put_rest(p, t, end - at);
}

/* ------------------------------------------------------------------ the others */

const struct frame *csan__frames_of_party(const struct trace *t, uint32_t n)
{
    bool any_own = t->count > 0 && t->frames[t->place].own;
    for (uint32_t i = 0; i < t->count; i++)
        if ((t->frames[i].own || !any_own) && n-- == 0)
            return &t->frames[i];
    return NULL;
}

void csan__frames_party(struct page *p, const struct finding_party *party, const struct trace *t,
                        uint32_t frames)
{
    uint32_t column = INDENT + 2 + csan__page_columns(party->label);
    csan__page_line(p);
    csan__page_blanks(p, INDENT);
    csan__page_ink(p, INK_LABEL);
    csan__page_put_short(p, party->label, PAGE_COLUMNS - INDENT - 1, CUT_NAME);
    csan__page_put(p, t->count ? ":" : "");
    csan__page_ink(p, INK_PLAIN);
    bool fits = column <= PAGE_COLUMNS / 2;
    for (uint32_t n = 0; n < frames; n++) {
        const struct frame *f = csan__frames_of_party(t, n);
        if (!f)
            return;
        if (n > 0 || !fits) {
            csan__page_line(p);
            csan__page_blanks(p, column = INDENT + 4);
        } else {
            csan__page_put(p, " ");
        }
        put_frame(p, f, 1, column);
    }
}
