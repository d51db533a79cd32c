/* A finding's card: source, stack, who else, what holds it, what to try, what accepts it. */
#include "tools/format_html.h"

#include "tools/format.h"

#include "report/advice.h"
#include "report/frames.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AROUND 2u                   /* lines before and behind the one that is meant */
#define SOURCE_BYTES_MAX (4L << 20) /* of a file that is looked into */
#define PLACE_LINES_BYTES ((size_t)16 << 10)

void csan__html_put(FILE *out, const char *s)
{
    size_t n = strlen(s), end = n;
    if (n > HTML_TEXT_MAX) {
        end = HTML_TEXT_MAX;
        while (end > 0 && ((unsigned char)s[end] & 0xc0) == 0x80)
            end--;
    }
    csan__format_markup(out, s, end);
    if (end < n)
        fprintf(out, "… (%zu bytes)", n);
}

/* ------------------------------------------------------------------ source */

static bool is_same_line(const char *a, size_t n, const char *b)
{
    size_t m = strlen(b);
    while (n && isspace((unsigned char)*a))
        a++, n--;
    while (n && isspace((unsigned char)a[n - 1]))
        n--;
    while (m && isspace((unsigned char)*b))
        b++, m--;
    while (m && isspace((unsigned char)b[m - 1]))
        m--;
    return n == m && n && memcmp(a, b, n) == 0;
}

static void put_source_line(FILE *out, uint32_t number, const char *line, bool is_meant)
{
    fprintf(out, "<span class=\"%s\"><i>%u</i>", is_meant ? "l hit" : "l", number);
    csan__html_put(out, line);
    fputs("\n</span>", out);
}

/* The lines around it, where the file is below the current folder (what a record from elsewhere
 * names is not looked into) and its line is still the one that was recorded. */
static FILE *open_source(const struct frame *f, const char *path)
{
    struct stat st;
    if (path[0] == '/' || strstr(path, "..") || !f->source[0] || !f->line)
        return NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    FILE *in = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= SOURCE_BYTES_MAX
                   ? fdopen(fd, "r")
                   : NULL;
    if (!in)
        close(fd);
    return in;
}

static bool put_excerpt(FILE *out, FILE *in, const struct frame *f)
{
    char lines[2 * AROUND + 1][512] = {{0}};
    char line[sizeof lines[0]];
    uint32_t first = f->line > AROUND ? f->line - AROUND : 1, n = 0;
    bool is_current = false;
    for (uint32_t at = 1; at <= f->line + AROUND && fgets(line, sizeof line, in); at++) {
        size_t length = strcspn(line, "\r\n");
        if (!line[length] && !feof(in))
            return false; /* longer than what is shown */
        if (at == f->line)
            is_current = is_same_line(line, length, f->source);
        if (at < first)
            continue;
        struct text t = TEXT(lines[n]);
        n++;
        csan__text_utf8(&t, line, length);
    }
    if (!is_current)
        return false;
    fputs("<pre class=\"src\">", out);
    for (uint32_t i = 0; i < n; i++)
        put_source_line(out, first + i, lines[i], first + i == f->line);
    fputs("</pre>\n", out);
    return true;
}

static void put_source(FILE *out, const struct record *r, const struct shown *s)
{
    if (s->trace.count == 0 || !s->trace.frames[s->trace.place].source[0])
        return;
    const struct frame *f = &s->trace.frames[s->trace.place];
    FILE *in = open_source(f, csan__report_relative(f->file, csan__record_root(r, s)));
    bool is_done = in && put_excerpt(out, in, f);
    if (in)
        fclose(in);
    if (is_done)
        return;
    fputs("<pre class=\"src\">", out);
    put_source_line(out, f->line, f->source, true);
    fputs("</pre>\n", out);
}

/* ------------------------------------------------------------------ stacks */

static void put_frame(FILE *out, const struct frame *f, const char *cwd, bool is_place)
{
    char room[512] = "";
    struct text module = TEXT(room);
    fprintf(out, "<li class=\"%s%s\"><code>", f->own ? "own" : "lib", is_place ? " at" : "");
    csan__html_put(out, f->function);
    fputs("</code>", out);
    if (f->inlined)
        fputs(" <em>inlined</em>", out);
    fputs(" <span>", out);
    if (f->file[0]) {
        csan__html_put(out, csan__report_relative(f->file, cwd));
        fprintf(out, ":%u", f->line);
    } else {
        csan__frames_module(&module, f);
        csan__html_put(out, room);
    }
    fputs("</span></li>\n", out);
}

/* Frames of libraries, from three in a row on, are folded. */
static void put_stack(FILE *out, const struct trace *t, const char *cwd, bool has_place)
{
    fputs("<ol class=\"stack\">\n", out);
    for (uint32_t i = 0; i < t->count;) {
        uint32_t end = i;
        while (end < t->count && !t->frames[end].own)
            end++;
        bool is_fold = end - i >= 3 && t->place - i >= end - i;
        if (is_fold)
            fprintf(out, "<li class=\"lib\"><details><summary>%u frames of libraries</summary><ol>",
                    end - i);
        else
            end = end > i ? end : i + 1;
        for (; i < end; i++)
            put_frame(out, &t->frames[i], cwd, has_place && i == t->place);
        if (is_fold)
            fputs("</ol></details></li>\n", out);
    }
    if (t->truncated)
        fputs("<li class=\"lib\">… the frames beyond were not kept</li>\n", out);
    fputs("</ol>\n", out);
}

/* ------------------------------------------------------------------ who holds it, what to do */

static void put_chain(FILE *out, const struct shown *s, const char *cwd)
{
    static char room[PLACE_LINES_BYTES];
    struct text t = TEXT(room);
    struct page page = {.out = &t, .prefix = "", .cwd = cwd};
    if (!csan__place_rows(s->finding) || !s->places)
        return;
    room[0] = '\0';
    csan__place_lines(&page, s->finding, s->places);
    fputs("<pre class=\"chain\">", out);
    for (char *line, *rest = room; (line = strsep(&rest, "\n"));) {
        size_t indent = strspn(line, " ");
        csan__html_put(out, line + (indent < PAGE_INDENT ? indent : PAGE_INDENT));
        if (*line)
            putc('\n', out);
    }
    fputs("</pre>\n", out);
}

static void put_note(FILE *out, const struct finding *f)
{
    if (!f->note)
        return;
    fputs("<p class=\"note\">", out);
    csan__html_put(out, f->note);
    fputs("</p>\n", out);
}

static void put_advice(FILE *out, const struct shown *s, const struct record_extra *extra)
{
    const char *attempt = csan__advice_try(s->finding);
    fputs("<dl>", out);
    if (attempt && attempt[0]) {
        fputs("<dt>try</dt><dd class=\"try\">", out);
        csan__html_put(out, attempt);
        fputs("</dd>", out);
    }
    if (extra->setting[0] || extra->suppression[0]) {
        fputs("<dt>accept</dt><dd>", out);
        if (extra->setting[0]) {
            fputs("<code>", out);
            csan__html_put(out, extra->setting);
            fputs("</code>", out);
        }
        if (extra->suppression[0]) {
            fprintf(out, "%s<code>", extra->setting[0] ? " or suppress " : "suppress ");
            csan__html_put(out, extra->suppression);
            fputs("</code>", out);
        }
        fputs("</dd>", out);
    }
    fputs("</dl>\n", out);
}

static void put_section(FILE *out, uint32_t threads)
{
    fputs("<section", out);
    if (threads)
        fprintf(out, " data-threads=\"%u\"", threads);
}

void csan__html_finding(FILE *out, const struct record *r, const struct shown *s,
                        const struct record_extra *extra)
{
    const char *cwd = csan__record_root(r, s);
    put_source(out, r, s);
    put_note(out, s->finding);
    csan__html_rounds(out, s->finding);
    csan__html_times(out, s);
    if (s->trace.count)
        put_stack(out, &s->trace, cwd, true);
    for (uint32_t i = 0; i < s->finding->nparties; i++) {
        bool has_stack = s->parties[i].count > 0;
        put_section(out, s->finding->parties[i].threads);
        fputs(has_stack ? " class=\"party\"><h4>" : "><p class=\"note\">", out);
        csan__html_put(out, s->finding->parties[i].label);
        fputs(has_stack ? "</h4>\n" : "</p>\n", out);
        if (has_stack)
            put_stack(out, &s->parties[i], cwd, false);
        fputs("</section>\n", out);
    }
    put_chain(out, s, cwd);
    put_advice(out, s, extra);
}
