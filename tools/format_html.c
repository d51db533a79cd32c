/* html: one page of a run, which needs nothing but itself. Findings are kept, since the worst stand
 * first; a finding that several processes made is shown once. */
#include "tools/format.h"
#include "tools/format_html.h"
#include "tools/locks.h"

#include "report/frames.h"
#include "tools/verb.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define PROCESSES_MAX 1000u /* rows of the table */

struct card {
    char *key; /* program, fingerprint: the tree's */
    char *head, *body;
    char *place, *claim; /* for the index */
    uint64_t amount, processes;
    enum finding_kind kind;
    uint32_t fingerprint;
    uint32_t number;  /* in the order of their coming */
    uint32_t threads; /* that stand there, of a group */
    bool known, is_note;
};

static struct {
    void *tree;
    struct card **cards;
    uint32_t used, room;
    struct charts *charts;
    struct lock_sums locks;
    FILE *rows; /* the table of processes */
    char *rows_text;
    size_t rows_bytes;
    uint64_t processes, unchecked, unfinished, failing, known, notes;
    uint32_t by_kind[FINDING_KINDS];
    char *program, *time;
    bool is_one_program;
} run;

static FILE *sheet(char **text, size_t *n)
{
    return csan__need(open_memstream(text, n));
}

static void begin(FILE *out)
{
    (void)out;
    memset(&run, 0, sizeof run);
    run.charts = csan__need(csan__charts_new());
    run.rows = sheet(&run.rows_text, &run.rows_bytes);
    run.is_one_program = true;
}

/* ------------------------------------------------------------------ a record */

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct card *)a)->key, ((const struct card *)b)->key);
}

static void put_place(FILE *out, const struct record *r, const struct shown *s)
{
    uint32_t line, column;
    char room[512];
    struct text module = TEXT(room);
    const char *file = csan__record_place(r, s, &line, &column);
    if (file[0]) {
        csan__html_put(out, file);
        fprintf(out, ":%u:%u", line, column);
    } else if (s->trace.count) {
        csan__frames_module(&module, &s->trace.frames[s->trace.place]);
        csan__html_put(out, room);
    } else {
        csan__html_put(out, s->test ? s->test : r->program);
    }
}

static char *claim_of(const struct shown *s)
{
    size_t n = strlen(s->finding->what) + 512;
    struct text t = {.buf = csan__need(calloc(1, n)), .cap = n};
    csan__record_claim(s, &t);
    return t.buf;
}

static void fill(struct card *c, const struct record *r, const struct shown *s,
                 const struct record_extra *extra)
{
    const char *test = s->test ? s->test : r->test;
    size_t n;
    FILE *f = sheet(&c->place, &n);
    put_place(f, r, s);
    fclose(f);
    c->claim = claim_of(s);
    f = sheet(&c->head, &n);
    csan__html_put(f, extra->program);
    if (test) {
        fputs(" · ", f);
        csan__html_put(f, test);
    }
    fclose(f);
    f = sheet(&c->body, &n);
    csan__html_finding(f, r, s, extra);
    fclose(f);
}

static void add_card(const struct record *r, const struct shown *s,
                     const struct record_extra *extra)
{
    struct card *c = csan__need(calloc(1, sizeof *c));
    if (asprintf(&c->key, "%08x %d%d %s", s->fingerprint, s->known, s->finding->is_note,
                 extra->program) < 0)
        csan__need(NULL);
    struct card **found = csan__need(tsearch(c, &run.tree, compare));
    (*found)->processes += extra->processes;
    if (*found != c) {
        if (s->finding->amount > (*found)->amount)
            (*found)->amount = s->finding->amount;
        free(c->key);
        free(c);
        return;
    }
    c->amount = s->finding->amount;
    c->kind = s->finding->kind;
    c->fingerprint = s->fingerprint;
    c->known = s->known;
    c->is_note = s->finding->is_note;
    c->threads = s->finding->threads;
    c->number = run.used;
    fill(c, r, s, extra);
    if (run.used == run.room) {
        run.room = run.room ? 2 * run.room : 64;
        run.cards = csan__need(realloc(run.cards, run.room * sizeof(struct card *)));
    }
    run.cards[run.used++] = c;
    run.known += c->known;
    run.notes += c->is_note;
    run.failing += !c->known && !c->is_note;
    run.by_kind[c->kind] += !c->known && !c->is_note;
}

static void put_process(const struct record *r)
{
    static const char *const verdicts[] = {[RECORD_PASS] = "pass",
                                           [RECORD_FAIL] = "fail",
                                           [RECORD_UNCHECKED] = "unchecked",
                                           [RECORD_UNFINISHED] = "did not end"};
    char room[1024] = "", took[32] = "";
    struct text name = TEXT(room), duration = TEXT(took);
    csan__record_name(r, &name);
    if (r->elapsed_ns)
        csan__text_duration(&duration, r->elapsed_ns);
    fputs("<tr><td>", run.rows);
    csan__html_put(run.rows, room);
    fprintf(run.rows, "</td><td class=\"num\">%lu</td><td class=\"v%d\">%s</td>",
            (unsigned long)r->pid, (int)r->verdict, verdicts[r->verdict]);
    fprintf(run.rows, "<td class=\"num\">%u</td><td class=\"num\">%s</td></tr>\n",
            r->report.count - r->known, took);
}

static void record(FILE *out, const struct record *r)
{
    (void)out;
    if (!run.program) {
        run.program = csan__need(strdup(r->program));
        run.time = csan__need(strdup(r->time));
    }
    if (strcmp(run.program, r->program) != 0)
        run.is_one_program = false;
    if (strcmp(r->time, run.time) < 0) {
        free(run.time);
        run.time = csan__need(strdup(r->time));
    }
    if (run.processes < PROCESSES_MAX)
        put_process(r);
    run.processes += r->processes;
    run.unchecked += r->verdict == RECORD_UNCHECKED;
    run.unfinished += r->verdict == RECORD_UNFINISHED;
    csan__charts_folder(run.charts, r->path);
    csan__html_locks_add(&run.locks, r);
    for (uint32_t i = 0; i < r->report.count; i++) {
        csan__charts_leak(run.charts, &r->report.shown[i]);
        add_card(r, &r->report.shown[i], &r->extras[i]);
    }
    for (uint32_t i = 0; i < r->notes.count; i++)
        add_card(r, &r->notes.shown[i], &r->note_extras[i]);
}

/* ------------------------------------------------------------------ the page */

static int worst_first(const void *a, const void *b)
{
    const struct card *x = *(struct card *const *)a, *y = *(struct card *const *)b;
    if (x->is_note != y->is_note)
        return x->is_note - y->is_note;
    if (x->known != y->known)
        return x->known - y->known;
    if (x->kind != y->kind)
        return (int)x->kind - (int)y->kind;
    if (x->amount != y->amount)
        return x->amount < y->amount ? 1 : -1;
    return (int)x->number - (int)y->number;
}

static const char *verdict(void)
{
    return run.failing                                        ? "FAIL"
           : run.unchecked + run.unfinished || !run.processes ? "UNCHECKED"
                                                              : "PASS";
}

static void put_title(FILE *out, const char *nonce)
{
    (void)nonce;
    fprintf(out, "%s · ", verdict());
    csan__html_put(out, run.program && run.is_one_program ? run.program : "csan");
}

static void put_count(FILE *out, uint64_t n, const char *noun)
{
    char room[64];
    struct text t = TEXT(room);
    csan__text_count(&t, n, noun);
    csan__html_put(out, room);
}

static void put_summary(FILE *out, const char *nonce)
{
    (void)nonce;
    fprintf(out, "<p class=\"verdict %s\"><b>%s</b> <span>", verdict(), verdict());
    put_count(out, run.failing, "finding");
    fprintf(out, " in %lu process%s", (unsigned long)run.processes, run.processes == 1 ? "" : "es");
    if (run.program && run.is_one_program) {
        fputs(" of <b>", out);
        csan__html_put(out, run.program);
        fputs("</b>", out);
    }
    if (run.known)
        fprintf(out, ", %lu known (baseline)", (unsigned long)run.known);
    if (run.notes)
        fprintf(out, ", %lu note%s", (unsigned long)run.notes, run.notes == 1 ? "" : "s");
    if (run.unchecked)
        fprintf(out, ", %lu could not be checked", (unsigned long)run.unchecked);
    if (run.unfinished)
        fprintf(out, ", %lu did not end", (unsigned long)run.unfinished);
    fputs("</span> <time>", out);
    csan__html_put(out, run.time ? run.time : "");
    fputs("</time></p>\n<p class=\"kinds\">", out);
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        const char *name = csan__finding_kind_name((enum finding_kind)k);
        if (run.by_kind[k])
            fprintf(out,
                    "<button type=\"button\" data-kind=\"%s\" aria-pressed=\"false\"><b>%u</b> "
                    "%s</button>\n",
                    name, run.by_kind[k], name);
    }
    fputs("</p>\n", out);
}

/* An id of the page's own: fingerprints may meet, of two programs. */
static void put_index(FILE *out, const char *nonce)
{
    (void)nonce;
    for (uint32_t i = 0; i < run.used; i++) {
        const struct card *c = run.cards[i];
        const char *name = strrchr(c->place, '/');
        fprintf(out, "<li data-kind=\"%s\"><a href=\"#f%u\"><b>%s</b> <span>%s</span></a></li>\n",
                csan__finding_kind_name(c->kind), i + 1, csan__finding_kind_name(c->kind),
                name ? name + 1 : c->place);
    }
}

static void put_findings(FILE *out, const char *nonce)
{
    (void)nonce;
    for (uint32_t i = 0; i < run.used; i++) {
        const struct card *c = run.cards[i];
        const char *kind = csan__finding_kind_name(c->kind);
        fprintf(out, "<article id=\"f%u\" tabindex=\"-1\" data-kind=\"%s\" data-known=\"%d\"",
                i + 1, kind, c->known || c->is_note);
        if (c->threads)
            fprintf(out, " data-threads=\"%u\"", c->threads);
        fputs(">\n", out);
        fprintf(out, "<header><p class=\"place\"><code>%s</code></p>\n<h3><b>%s</b> ", c->place,
                kind);
        csan__html_put(out, c->claim);
        fprintf(out, "</h3>\n<p class=\"meta\">%s", c->head);
        if (c->processes > 1)
            fprintf(out, " · in %lu processes", (unsigned long)c->processes);
        if (c->known)
            fputs(" · known (baseline)", out);
        if (c->is_note)
            fputs(" · a note, no failure", out);
        fprintf(out, " · <code>%08x</code></p></header>\n%s</article>\n", c->fingerprint, c->body);
    }
    if (!run.used)
        fputs("<p class=\"none\">Nothing was found.</p>\n", out);
}

static void put_charts(FILE *out, const char *nonce)
{
    (void)nonce;
    csan__html_locks(&run.locks, out);
    csan__charts_tables(run.charts, out);
}

static void put_processes(FILE *out, const char *nonce)
{
    (void)nonce;
    fflush(run.rows);
    fwrite(run.rows_text, 1, run.rows_bytes, out);
    if (run.processes > PROCESSES_MAX)
        fprintf(out, "<tr><td colspan=\"5\">… %lu in all</td></tr>", (unsigned long)run.processes);
}

static void put_data(FILE *out, const char *nonce)
{
    (void)nonce;
    csan__charts_json(run.charts, out);
}

static void put_css(FILE *out, const char *nonce)
{
    (void)nonce;
    fputs(csan__page_css, out);
}

static void put_js(FILE *out, const char *nonce)
{
    (void)nonce;
    fputs(csan__page_js, out);
}

static void put_nonce(FILE *out, const char *nonce)
{
    fputs(nonce, out);
}

static const struct {
    const char *name;
    void (*put)(FILE *out, const char *nonce);
} marks[] = {
    {"title", put_title},       {"summary", put_summary}, {"index", put_index},
    {"findings", put_findings}, {"charts", put_charts},   {"processes", put_processes},
    {"data", put_data},         {"css", put_css},         {"js", put_js},
    {"nonce", put_nonce},
};

/* page.html with its {{marks}} filled in. */
static void put_page(FILE *out, const char *nonce)
{
    const char *at = csan__page_html;
    for (const char *open; (open = strstr(at, "{{")); at = strstr(open, "}}") + 2) {
        fwrite(at, 1, (size_t)(open - at), out);
        for (size_t i = 0; i < CSAN_COUNT(marks); i++) {
            size_t n = strlen(marks[i].name);
            if (strncmp(open + 2, marks[i].name, n) == 0 && open[2 + n] == '}')
                marks[i].put(out, nonce);
        }
    }
    fputs(at, out);
}

static void free_card(void *at)
{
    struct card *c = at;
    free(c->key);
    free(c->head);
    free(c->body);
    free(c->place);
    free(c->claim);
    free(c);
}

static void end(FILE *out)
{
    uint8_t random[16] = {0};
    char nonce[2 * sizeof random + 1];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        random[0] = 1; /* the page holds none of the program's markup anyway */
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(nonce + 2 * i, 3, "%02x", random[i]);
    if (run.used)
        qsort(run.cards, run.used, sizeof(struct card *), worst_first);
    put_page(out, nonce);
    fclose(run.rows);
    free(run.rows_text);
    tdestroy(run.tree, free_card);
    free(run.cards);
    csan__charts_free(run.charts);
    csan__locks_free(&run.locks);
    free(run.program);
    free(run.time);
}

const struct format csan__format_html = {"html", NULL, begin, record, end};
