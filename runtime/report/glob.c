#include "report/glob.h"
#include "base/options.h"
#include "report/report.h"

#include <string.h>

struct glob csan__glob_read(const char *pattern, size_t length)
{
    struct glob g = {.at = pattern, .end = pattern + length};
    g.from_start = length > 0 && *g.at == '^';
    g.at += g.from_start;
    g.to_end = g.at < g.end && g.end[-1] == '$';
    g.end -= g.to_end;
    return g;
}

/* Back to the last star only: what came before it has been matched as early as possible, and an
 * earlier match leaves more to the rest. So there is no recursion, and no exponential time. */
bool csan__glob_fits(const struct glob *g, const char *subject)
{
    const char *p = g->at, *s = subject;
    const char *retry_p = g->from_start ? NULL : p, *retry_s = s;
    if (*s == '\0')
        return false;
    for (;;) {
        if (p < g->end && *p == '*') {
            retry_p = ++p;
            retry_s = s;
        } else if (p < g->end && *s == *p && *s != '\0') {
            p++;
            s++;
        } else if (p == g->end && (!g->to_end || *s == '\0')) {
            return true;
        } else if (!retry_p || *s == '\0') {
            return false; /* a later start leaves even less of the subject */
        } else {
            p = retry_p;
            s = ++retry_s;
        }
    }
}

bool csan__glob_matches(const char *pattern, const char *subject)
{
    struct glob g = csan__glob_read(pattern, strlen(pattern));
    return csan__glob_fits(&g, subject);
}

static bool any_frame_fits(const struct glob *g, const struct trace *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const struct frame *f = &t->frames[i];
        if (csan__glob_fits(g, f->function) || csan__glob_fits(g, f->file) ||
            csan__glob_fits(g, f->module))
            return true;
    }
    return false;
}

bool csan__focus_matches(const struct trace *t)
{
    const char *at = csan__options.focus;
    bool is_set = false;
    while (at && *at) {
        at += strspn(at, ", \t");
        size_t n = strcspn(at, ",");
        const char *next = at + n;
        while (n > 0 && (at[n - 1] == ' ' || at[n - 1] == '\t'))
            n--;
        struct glob g = csan__glob_read(at, n);
        if (n > 0 && any_frame_fits(&g, t))
            return true;
        is_set |= n > 0;
        at = next;
    }
    return !is_set;
}
