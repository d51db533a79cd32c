/* The table of formats, and what several of them need. */
#include "tools/format.h"

#include "tools/verb.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static const struct format *const formats[] = {
    &csan__format_text,   &csan__format_jsonl,  &csan__format_junit,
    &csan__format_sarif,  &csan__format_github, &csan__format_summary,
    &csan__format_gitlab, &csan__format_tap,    &csan__format_html,
};

const struct format *csan__format_find(const char *name, size_t length)
{
    for (size_t i = 0; i < CSAN_COUNT(formats); i++)
        if (strlen(formats[i]->name) == length && memcmp(formats[i]->name, name, length) == 0)
            return formats[i];
    return NULL;
}

const char *csan__format_names(void)
{
    static char names[256];
    struct text t = TEXT(names);
    for (size_t i = 0; i < CSAN_COUNT(formats); i++)
        csan__text_format(&t, "%s%s", i ? ", " : "", formats[i]->name);
    return names;
}

/* ------------------------------------------------------------------ what was seen */

struct seen {
    void *tree; /* tsearch's: strings from malloc */
};

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

bool csan__seen_first(struct seen **in, const char *program, const struct shown *s)
{
    char *name = NULL;
    if (!*in)
        *in = calloc(1, sizeof **in);
    if (!*in || asprintf(&name, "%08x %s", s->fingerprint, program) < 0)
        return true; /* no memory: it is told twice */
    char *const *found = tsearch(name, &(*in)->tree, compare);
    if (found && *found == name)
        return true;
    free(name);
    return !found;
}

void csan__seen_free(struct seen **in)
{
    if (*in)
        tdestroy((*in)->tree, free);
    free(*in);
    *in = NULL;
}

/* ------------------------------------------------------------------ text */

#define TEXT_BYTES ((size_t)32 << 10)

char *csan__format_plain(const struct record *r, const struct shown *s)
{
    struct text t = {.buf = csan__need(malloc(TEXT_BYTES)), .cap = TEXT_BYTES};
    struct text_style style = {.cwd = csan__record_root(r, s)};
    t.buf[0] = '\0';
    csan__report_finding(&r->report, s, &style, &t);
    return t.buf;
}

/* ------------------------------------------------------------------ markup */

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

/* U+FFFE and U+FFFF, of which XML wants to hear nothing. */
static bool is_no_character(const char *s, size_t n)
{
    return n >= 3 && (memcmp(s, "\xef\xbf\xbe", 3) == 0 || memcmp(s, "\xef\xbf\xbf", 3) == 0);
}

void csan__format_markup(FILE *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *escape = escape_of((unsigned char)s[i]);
        if (is_no_character(s + i, n - i)) {
            escape = "\xef\xbf\xbd";
            i += 2;
        }
        if (escape)
            fputs(escape, out);
        else
            fputc(s[i], out);
    }
}
