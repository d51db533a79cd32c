#include "base/options.h"
#include "base/os.h"
#include "report/advice.h"
#include "report/origin.h"
#include "report/page.h"
#include "report/report.h"

#include <string.h>

/*  src/cache.c:41:14: error: csan[leak]: 2.0 KiB in 32 blocks never freed > max_leak=0   headline
 *      41 | struct row *r = malloc(64);                                                 source
 *         |                 ^
 *      at row_new src/cache.c:41                                                       stack: rows
 *      at cache_get src/cache.c:88 (inlined)
 *      … 4 frames of libcheck
 *      and 12 KiB in 30 blocks behind it                                               facts
 *      held by thread 7: at pool_get src/pool.c:31                                     parties
 *      try: …                                                                          advice
 *      accept: …
 */
#define LINES 12              /* of a finding */
#define LINES_WITH_PARTIES 14 /* when there is more to tell */
#define PARTY_FRAMES 3
#define FINDING_BYTES ((size_t)32 << 10)
#define FINDINGS_BRIEFLY 20
#define INDENT 4

struct sheet {
    struct page page;
    const struct report *report;
    const char *cwd;
};

/* ------------------------------------------------------------------ headline and source */

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

static const struct frame *place_of(const struct shown *s)
{
    return s->trace.count ? &s->trace.frames[s->trace.place] : NULL;
}

/* "libfoo.so+0x1234", or what is known of it. */
static void put_module(struct text *out, const struct frame *f)
{
    csan__text_str(out, csan__origin_base(f->module));
    csan__text_str(out, f->module[0] ? "+0x" : "0x");
    csan__text_hex(out, f->offset);
}

/* Where the finding is, or in `room` what is known instead. */
static const char *place_name(const struct report *r, const struct shown *s, const char *cwd,
                              struct text *room)
{
    const struct frame *f = place_of(s);
    if (f && f->file[0])
        return csan__report_relative(f->file, cwd);
    if (f)
        put_module(room, f);
    else
        csan__text_str(room, r->program ? r->program : "??");
    return room->buf;
}

bool csan__report_place(const struct report *r, const struct shown *s, const char *cwd,
                        struct text *room, uint32_t *line, uint32_t *column)
{
    const struct frame *f = place_of(s);
    const char *name = place_name(r, s, cwd, room);
    if (name != room->buf)
        csan__text_str(room, name);
    *line = f ? f->line : 0;
    *column = f && f->column ? f->column : 1;
    return f && f->file[0];
}

static void put_place(struct sheet *sheet, const struct shown *s)
{
    char spare[640];
    struct text room = TEXT(spare);
    const struct frame *f = place_of(s);
    csan__page_ink(&sheet->page, INK_PLACE);
    csan__page_put(&sheet->page, place_name(sheet->report, s, sheet->cwd, &room));
    csan__text_format(sheet->page.out, ":%u:%u:", f ? f->line : 0, f && f->column ? f->column : 1);
    csan__page_ink(&sheet->page, INK_PLAIN);
    csan__page_put(&sheet->page, " ");
    csan__page_put_in(&sheet->page, INK_ERROR, "error:");
    csan__page_put(&sheet->page, " ");
}

/* A limit that is a switch says nothing: `> deadlock=on`. */
static bool is_measured(const char *value)
{
    return value[0] && strcmp(value, "on") != 0 && strcmp(value, "off") != 0;
}

static void put_claim(struct sheet *sheet, const struct shown *s)
{
    struct page *p = &sheet->page;
    const struct finding *f = s->finding;
    const char *limit = f->option ? csan__options_as_set(f->option) : "";
    csan__page_ink(p, INK_KIND);
    csan__text_format(p->out, "csan[%s]:", csan__finding_kind_name(f->kind));
    csan__page_ink(p, INK_PLAIN);
    csan__page_put(p, " ");
    csan__page_put(p, f->what ? f->what : "found");
    if (is_measured(limit)) {
        csan__page_put(p, " > ");
        csan__page_put(p, f->option);
        csan__page_put(p, "=");
        csan__page_put(p, limit);
    }
}

static uint32_t digits_of(uint32_t n)
{
    uint32_t digits = 1;
    for (; n >= 10; n /= 10)
        digits++;
    return digits;
}

/* The first `bytes` of s hold how many columns? */
static uint32_t columns_before(const char *s, uint32_t bytes)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < bytes && s[i]; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

#define SOURCE_MARGIN 6 /* columns of the line number */

/* Returns how many lines it took. A long line is shown up to where it fits; a caret beyond that is
 * left out. */
static uint32_t put_source(struct sheet *sheet, const struct frame *f)
{
    struct page *p = &sheet->page;
    if (!f || !f->source[0] || f->line == 0)
        return 0;
    uint32_t digits = digits_of(f->line), margin = digits > SOURCE_MARGIN ? digits : SOURCE_MARGIN;
    uint32_t room = PAGE_COLUMNS - margin - 3, width = csan__page_columns(f->source);
    csan__page_line(p);
    csan__page_blanks(p, margin - digits);
    csan__text_format(p->out, "%u | ", f->line);
    if (width <= room)
        csan__page_put(p, f->source);
    else
        csan__page_put_short(p, f->source, room, CUT_SOURCE);
    if (f->caret == 0)
        return 1;
    uint32_t before = columns_before(f->source, f->caret - 1);
    if (width > room && before >= room - 1)
        return 1;
    csan__page_line(p);
    csan__page_blanks(p, margin);
    csan__page_put(p, " | ");
    csan__page_blanks(p, before);
    csan__page_put_in(p, INK_CARET, "^");
    return 2;
}

/* ------------------------------------------------------------------ one frame */

static void put_location(struct text *out, const struct sheet *sheet, const struct frame *f)
{
    if (f->file[0]) {
        csan__text_str(out, csan__report_relative(f->file, sheet->cwd));
        return;
    }
    bool has_name = strcmp(f->function, "??") != 0;
    csan__text_str(out, has_name ? "(" : "");
    put_module(out, f);
    csan__text_str(out, has_name ? ")" : "");
}

/* `at FUNCTION FILE:LINE (inlined)`, from `column` on; the path gives way before the name does, and
 * keeps half of the room. `times`: how often in a row. */
static void put_frame(struct sheet *sheet, const struct frame *f, uint32_t times, uint32_t column)
{
    struct page *p = &sheet->page;
    char where_room[2048], end_room[64];
    struct text where = TEXT(where_room), end = TEXT(end_room);
    bool has_name = strcmp(f->function, "??") != 0 || f->file[0];
    put_location(&where, sheet, f);
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
static void put_fold(struct sheet *sheet, const struct trace *t, struct row row)
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
    csan__page_put(&sheet->page, "… ");
    csan__text_count(sheet->page.out, row.count, "frame");
    csan__page_put(&sheet->page, " of ");
    csan__page_put(&sheet->page, first_room);
    if (names == 2) {
        csan__page_put(&sheet->page, " and ");
        csan__page_put(&sheet->page, other_room);
    } else if (names > 2) {
        csan__page_put(&sheet->page, " and others");
    }
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

static void put_rest(struct sheet *sheet, const struct trace *t, uint32_t left)
{
    struct page *p = &sheet->page;
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

/* At most `lines` lines. */
static void put_stack(struct sheet *sheet, const struct trace *t, uint32_t lines)
{
    struct page *p = &sheet->page;
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
            put_fold(sheet, t, row);
        else
            put_frame(sheet, &t->frames[at], row.count, INDENT);
        if (!is_place)
            csan__page_ink(p, INK_PLAIN);
        at += row.count;
    }
    put_rest(sheet, t, end - at);
}

/* ------------------------------------------------------------------ the others */

/* The n-th frame of a party that is worth showing, NULL: there are fewer. */
static const struct frame *party_frame(const struct trace *t, uint32_t n)
{
    bool any_own = t->count > 0 && t->frames[t->place].own;
    for (uint32_t i = 0; i < t->count; i++)
        if ((t->frames[i].own || !any_own) && n-- == 0)
            return &t->frames[i];
    return NULL;
}

static void put_party(struct sheet *sheet, const struct finding_party *party, const struct trace *t,
                      uint32_t frames)
{
    struct page *p = &sheet->page;
    uint32_t column = INDENT + 2 + csan__page_columns(party->label);
    csan__page_line(p);
    csan__page_blanks(p, INDENT);
    csan__page_ink(p, INK_LABEL);
    csan__page_put_short(p, party->label, PAGE_COLUMNS - INDENT - 1, CUT_NAME);
    csan__page_put(p, t->count ? ":" : "");
    csan__page_ink(p, INK_PLAIN);
    bool fits = column <= PAGE_COLUMNS / 2;
    for (uint32_t n = 0; n < frames; n++) {
        const struct frame *f = party_frame(t, n);
        if (!f)
            return;
        if (n > 0 || !fits) {
            csan__page_line(p);
            csan__page_blanks(p, column = INDENT + 4);
        } else {
            csan__page_put(p, " ");
        }
        put_frame(sheet, f, 1, column);
    }
}

/* ------------------------------------------------------------------ facts and advice */

static void put_facts(struct sheet *sheet, const struct finding *f)
{
    struct page *p = &sheet->page;
    if (f->behind_count > 0) {
        csan__page_line(p);
        csan__page_blanks(p, INDENT);
        csan__page_put(p, "and ");
        csan__text_bytes(p->out, f->behind_bytes);
        csan__page_put(p, " in ");
        csan__text_count(p->out, f->behind_count, "block");
        csan__page_put(p, " behind it");
    }
    if (f->note) {
        csan__page_line(p);
        csan__page_blanks(p, INDENT);
        csan__page_put_short(p, f->note, PAGE_COLUMNS - INDENT, CUT_NAME);
    }
}

static void put_try(struct sheet *sheet, const struct finding *f)
{
    csan__page_line(&sheet->page);
    csan__page_blanks(&sheet->page, INDENT);
    csan__page_put_in(&sheet->page, INK_LABEL, "try:");
    csan__page_put(&sheet->page, " ");
    csan__page_put(&sheet->page, csan__advice_try(f->kind));
}

static void put_fingerprint(struct page *p, uint32_t fingerprint)
{
    csan__page_put(p, "[fingerprint ");
    for (int shift = 28; shift >= 0; shift -= 4)
        csan__text_hex(p->out, fingerprint >> shift & 15);
    csan__page_put(p, "]");
}

static const char of_suppression[] = "a suppression line  ";

/* `accept: SETTING, or a suppression line  RULE   [fingerprint F]`; the fingerprint goes to a line
 * of its own before the rule is shortened. */
static void put_accept(struct sheet *sheet, const struct shown *s)
{
    enum { LABEL = INDENT + 8, FINGERPRINT = 22 };
    struct page *p = &sheet->page;
    char setting_room[128], rule_room[2048];
    struct text setting = TEXT(setting_room), rule = TEXT(rule_room);
    setting_room[0] = rule_room[0] = '\0';
    csan__advice_setting(sheet->report, s->finding, &setting);
    csan__advice_suppression(s, &rule);
    csan__page_line(p);
    csan__page_blanks(p, INDENT);
    csan__page_put_in(p, INK_LABEL, "accept:");
    csan__page_put(p, " ");
    csan__page_put(p, setting_room);
    uint32_t column = LABEL + csan__page_columns(setting_room);
    if (rule.len > 0) {
        const char *link = setting.len > 0 ? ", or " : "";
        csan__page_put(p, link);
        csan__page_put(p, of_suppression);
        column += (uint32_t)(strlen(link) + sizeof of_suppression - 1);
        csan__page_put_short(p, rule_room, PAGE_COLUMNS - column, CUT_GLOB);
        column += csan__page_columns(rule_room);
    }
    if (column + 3 + FINGERPRINT <= PAGE_COLUMNS) {
        csan__page_put(p, rule.len || setting.len ? "   " : "");
    } else {
        csan__page_line(p);
        csan__page_blanks(p, LABEL);
    }
    put_fingerprint(p, s->fingerprint);
}

/* ------------------------------------------------------------------ one finding */

/* Lines that the parties would fill, each with at most `each` frames. */
static uint32_t lines_of_parties(const struct shown *s, uint32_t each)
{
    uint32_t lines = 0;
    for (uint32_t i = 0; i < s->finding->nparties; i++) {
        uint32_t n = 1;
        while (n < each && party_frame(&s->parties[i], n))
            n++;
        lines += n;
    }
    return lines;
}

/* The stack keeps three lines at least, the parties one each; what is left goes to the parties
 * first: the stack can be cut and say so. */
static void share_lines(const struct shown *s, uint32_t left, uint32_t *stack, uint32_t *each)
{
    uint32_t rows = count_rows(&s->trace, 0, end_of(&s->trace)) + (s->trace.truncated ? 1 : 0);
    uint32_t least = rows < 3 ? rows : 3;
    *each = PARTY_FRAMES;
    while (*each > 1 && lines_of_parties(s, *each) + least > left)
        --*each;
    uint32_t others = lines_of_parties(s, *each);
    *stack = left > others + least ? left - others : least;
}

/* Everything below the headline. */
static void put_body(struct sheet *sheet, const struct shown *s)
{
    const struct finding *f = s->finding;
    uint32_t lines = f->nparties ? LINES_WITH_PARTIES : LINES, stack, each;
    uint32_t used = 1 + put_source(sheet, place_of(s)) + (f->behind_count > 0) + (f->note != NULL);
    share_lines(s, lines - used - 2, &stack, &each);
    put_stack(sheet, &s->trace, stack);
    put_facts(sheet, f);
    for (uint32_t i = 0; i < f->nparties; i++)
        put_party(sheet, &f->parties[i], &s->parties[i], each);
    put_try(sheet, f);
    put_accept(sheet, s);
}

static void put_finding(struct sheet *sheet, const struct shown *s)
{
    csan__page_line(&sheet->page);
    put_place(sheet, s);
    put_claim(sheet, s);
    if (sheet->report->test) {
        csan__page_put(&sheet->page, " (test ");
        csan__page_put(&sheet->page, sheet->report->test);
        csan__page_put(&sheet->page, ")");
    }
    put_body(sheet, s);
}

/* What did not fit goes by whole lines. */
static void trim_to_lines(struct text *out, size_t from)
{
    if (!out->cut)
        return;
    size_t end = out->len;
    while (end > from && out->buf[end] != '\n')
        end--;
    if (end > from)
        out->len = end;
    out->buf[out->len] = '\0';
}

void csan__report_brief(const struct report *r, const struct shown *s, const char *cwd,
                        struct text *out)
{
    struct sheet sheet = {.page = {.out = out, .prefix = "# "}, .report = r, .cwd = cwd};
    size_t from = out->len;
    csan__page_line(&sheet.page);
    put_claim(&sheet, s);
    put_body(&sheet, s);
    trim_to_lines(out, from);
}

/* ------------------------------------------------------------------ all of them */

/* Amounts of one kind compare; those of different kinds do not, so kinds stay together. */
static bool comes_before(const struct shown *a, const struct shown *b)
{
    const struct finding *fa = a->finding, *fb = b->finding;
    if (fa->kind != fb->kind)
        return fa->kind < fb->kind;
    if (fa->amount != fb->amount)
        return fa->amount > fb->amount;
    if (fa->count != fb->count)
        return fa->count > fb->count;
    return a < b; /* as they were found */
}

static void sift_down(const struct shown **a, uint32_t from, uint32_t n)
{
    const struct shown *v = a[from];
    for (uint32_t child; (child = from * 2 + 1) < n; from = child) {
        if (child + 1 < n && comes_before(a[child], a[child + 1]))
            child++;
        if (!comes_before(v, a[child]))
            break;
        a[from] = a[child];
    }
    a[from] = v;
}

/* NULL: no memory; they are shown as they come. */
static const struct shown **sorted(const struct report *r)
{
    const struct shown **a = csan__arena_scratch_alloc(r->scratch, r->count * sizeof *a);
    if (!a)
        return NULL;
    for (uint32_t i = 0; i < r->count; i++)
        a[i] = &r->shown[i];
    for (uint32_t i = r->count / 2; i-- > 0;)
        sift_down(a, i, r->count);
    for (uint32_t end = r->count; end-- > 1;) {
        const struct shown *last = a[0];
        a[0] = a[end];
        a[end] = last;
        sift_down(a, 0, end);
    }
    return a;
}

static int write_line(struct text *t, int fd)
{
    if (t->cut && t->len > 0)
        t->len--;
    t->cut = false;
    csan__text_char(t, '\n');
    long failed = csan__os_write_all(fd, t->buf, t->len);
    t->len = 0;
    return (int)failed;
}

static void put_hidden(struct text *out, uint32_t n)
{
    csan__text_str(out, "csan: and ");
    csan__text_count(out, n, "more finding");
    csan__text_str(out, n == 1 ? " (verbosity=1 shows it)" : " (verbosity=1 shows them)");
}

int csan__report_text(const struct report *r, const struct text_style *style, int fd)
{
    char plain[1024];
    char *buf = csan__arena_scratch_alloc(r->scratch, FINDING_BYTES);
    struct text out = {.buf = buf ? buf : plain, .cap = buf ? FINDING_BYTES : sizeof plain};
    const struct shown **order = sorted(r);
    uint32_t shown = r->count;
    int failed = 0;
    if (csan__options.verbosity == 0 && shown > FINDINGS_BRIEFLY)
        shown = FINDINGS_BRIEFLY;
    for (uint32_t i = 0; i < shown && !failed; i++) {
        struct sheet sheet = {.page = {.out = &out, .prefix = "", .color = style->color},
                              .report = r,
                              .cwd = style->cwd};
        put_finding(&sheet, order ? order[i] : &r->shown[i]);
        failed = write_line(&out, fd);
    }
    if (shown < r->count && !failed) {
        put_hidden(&out, r->count - shown);
        failed = write_line(&out, fd);
    }
    if (r->why_dark && r->count > 0 && !failed) {
        csan__text_format(&out, "csan: %s", r->why_dark);
        failed = write_line(&out, fd);
    }
    return failed;
}

void csan__report_last_line(const struct report *r, struct text *out)
{
    uint32_t counts[FINDING_KINDS] = {0};
    const char *link = " (";
    for (uint32_t i = 0; i < r->count; i++)
        counts[r->shown[i].finding->kind]++;
    csan__text_str(out, r->count ? "csan: FAIL: " : "csan: PASS: ");
    csan__text_count(out, r->count, "finding");
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        if (counts[k] == 0)
            continue;
        csan__text_format(out, "%s%u %s", link, counts[k],
                          csan__finding_kind_name((enum finding_kind)k));
        link = ", ";
    }
    csan__text_format(out, "%s in %s\n", r->count ? ")" : "", r->program ? r->program : "??");
}
