#include "base/options.h"
#include "base/sort.h"
#include "base/os.h"
#include "report/advice.h"
#include "report/frames.h"
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
#define INDENT PAGE_INDENT

struct sheet {
    struct page page;
    const struct report *report;
};

/* ------------------------------------------------------------------ headline and source */

static const struct frame *place_of(const struct shown *s)
{
    return s->trace.count ? &s->trace.frames[s->trace.place] : NULL;
}

/* Where the finding is, or in `room` what is known instead. */
static const char *place_name(const struct report *r, const struct shown *s, const char *cwd,
                              struct text *room)
{
    const struct frame *f = place_of(s);
    if (f && f->file[0])
        return csan__report_relative(f->file, cwd);
    if (f)
        csan__frames_module(room, f);
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
    csan__page_put_file(&sheet->page, place_name(sheet->report, s, sheet->page.cwd, &room));
    csan__text_format(sheet->page.out, ":%u:%u:", f ? f->line : 0, f && f->column ? f->column : 1);
    csan__page_ink(&sheet->page, INK_PLAIN);
    csan__page_put(&sheet->page, " ");
    if (s->finding->is_note)
        csan__page_put(&sheet->page, "note:");
    else
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
    const char *limit = !f->option ? "" : s->limit ? s->limit : csan__options_as_set(f->option);
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

#define SOURCE_MARGIN 6 /* columns of the line number */
#define BEHIND_CARET 12 /* columns that are to be seen of what it points to */

/* The column within the line where the caret points. */
static uint32_t caret_column(const struct frame *f)
{
    uint32_t column = 0;
    while (csan__page_from(f->source, column + 1) < f->source + f->caret)
        column++;
    return column;
}

/* Of a line that is too long the part around the caret is shown; where there is none, the head.
 * Returns how many lines it took. */
static uint32_t put_source(struct sheet *sheet, const struct frame *f)
{
    struct page *p = &sheet->page;
    if (!f || !f->source[0] || f->line == 0)
        return 0;
    uint32_t digits = digits_of(f->line), margin = digits > SOURCE_MARGIN ? digits : SOURCE_MARGIN;
    uint32_t room = PAGE_COLUMNS - margin - 3, width = csan__page_columns(f->source), skip = 0;
    uint32_t at = f->caret && f->caret <= strlen(f->source) ? caret_column(f) : 0;
    if (width > room && at + BEHIND_CARET > room)
        skip = at - room / 2 < width - room ? at - room / 2 : width - room;
    csan__page_line(p);
    csan__page_blanks(p, margin - digits);
    csan__text_format(p->out, "%u | %s", f->line, skip ? "…" : "");
    csan__page_put_short(p, csan__page_from(f->source, skip ? skip + 1 : 0), room - (skip > 0),
                         CUT_SOURCE);
    if (f->caret == 0 || f->caret > strlen(f->source))
        return 1;
    csan__page_line(p);
    csan__page_blanks(p, margin);
    csan__page_put(p, " | ");
    csan__page_blanks(p, at - skip);
    csan__page_put_in(p, INK_CARET, "^");
    return 2;
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
    csan__page_put(&sheet->page, csan__advice_try(f));
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
        while (n < each && csan__frames_of_party(&s->parties[i], n))
            n++;
        lines += n;
    }
    return lines;
}

/* The stack keeps three lines at least, the parties one each; what is left goes to the parties
 * first: the stack can be cut and say so. */
static void share_lines(const struct shown *s, uint32_t left, uint32_t *stack, uint32_t *each)
{
    uint32_t rows = csan__frames_rows(&s->trace);
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
    uint32_t lines = f->nparties + f->nplaces ? LINES_WITH_PARTIES : LINES, stack, each;
    uint32_t used = csan__place_rows(f) + 1 + put_source(sheet, place_of(s)) +
                    (f->behind_count > 0) + (f->note != NULL);
    share_lines(s, lines > used + 2 ? lines - used - 2 : 0, &stack, &each);
    csan__frames_stack(&sheet->page, &s->trace, stack);
    put_facts(sheet, f);
    for (uint32_t i = 0; i < f->nparties; i++)
        csan__frames_party(&sheet->page, &f->parties[i], &s->parties[i], each);
    csan__place_lines(&sheet->page, f, s->places);
    put_try(sheet, f);
    put_accept(sheet, s);
}

static void put_finding(struct sheet *sheet, const struct shown *s)
{
    csan__page_line(&sheet->page);
    put_place(sheet, s);
    put_claim(sheet, s);
    const char *test = s->test ? s->test : sheet->report->test;
    if (test) {
        csan__page_put(&sheet->page, " (test ");
        csan__page_put(&sheet->page, test);
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
    struct sheet sheet = {.page = {.out = out, .prefix = "# ", .cwd = cwd}, .report = r};
    size_t from = out->len;
    csan__page_line(&sheet.page);
    put_claim(&sheet, s);
    put_body(&sheet, s);
    trim_to_lines(out, from);
}

void csan__report_finding(const struct report *r, const struct shown *s,
                          const struct text_style *style, struct text *out)
{
    struct sheet sheet = {
        .page = {.out = out, .prefix = "", .cwd = style->cwd, .color = style->color}, .report = r};
    size_t from = out->len;
    put_finding(&sheet, s);
    trim_to_lines(out, from);
}

/* ------------------------------------------------------------------ all of them */

/* Amounts of one kind compare; those of different kinds do not, so kinds stay together; what is
 * alike in all of it stays as it was found. */
static int compare(const void *one, const void *other)
{
    const struct shown *a = *(const struct shown *const *)one;
    const struct shown *b = *(const struct shown *const *)other;
    const struct finding *fa = a->finding, *fb = b->finding;
    if (fa->kind != fb->kind)
        return fa->kind < fb->kind ? -1 : 1;
    if (fa->amount != fb->amount)
        return fa->amount > fb->amount ? -1 : 1;
    if (fa->count != fb->count)
        return fa->count > fb->count ? -1 : 1;
    return (a > b) - (a < b);
}

/* NULL: no memory; they are shown as they come. */
static const struct shown **sorted(const struct report *r)
{
    const struct shown **a = csan__arena_scratch_alloc(r->scratch, r->count * sizeof *a);
    if (!a)
        return NULL;
    for (uint32_t i = 0; i < r->count; i++)
        a[i] = &r->shown[i];
    csan__sort(a, r->count, sizeof *a, compare);
    return a;
}

static int write_line(struct text *t, int fd)
{
    if (t->len + 1 >= t->cap)
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
        csan__report_finding(r, order ? order[i] : &r->shown[i], style, &out);
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
    struct page p = {.out = out};
    csan__text_str(out, r->count ? ")" : "");
    if (r->known)
        csan__text_format(out, ", %u known (baseline)", r->known);
    csan__text_str(out, " in ");
    csan__page_put(&p, r->program ? r->program : "??");
    csan__text_char(out, '\n');
}
