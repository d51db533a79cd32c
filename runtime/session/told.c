/* csan_on_report: findings handed to the program, once csan holds no lock.
 *
 * The library's own does nothing: the program's is called instead where there is one, and a
 * debugger can stop there in any program. */
#include "report/report.h"
#include "session/private.h"

#include <csan.h>
#include <string.h>

CSAN_API __attribute__((weak, noinline)) void csan_on_report(const struct csan_report *report)
{
    __asm__ volatile("" : : "r"(report));
}

static const char *copy(struct arena *a, const char *s)
{
    const char *kept = s ? csan__arena_scratch_copy(a, s, strlen(s)) : NULL;
    return kept ? kept : "";
}

static void fill(struct csan_report *out, const struct report *r, const struct shown *s)
{
    const struct finding *f = s->finding;
    const struct frame *at = s->trace.count ? &s->trace.frames[s->trace.place] : NULL;
    char room[16], where[4096];
    struct text name = TEXT(room), place = TEXT(where);
    for (int shift = 28; shift >= 0; shift -= 4)
        csan__text_hex(&name, s->fingerprint >> shift & 15);
    *out = (struct csan_report){.version = 1, .amount = f->amount, .count = f->count};
    if (csan__report_place(r, s, csan__session_cwd(), &place, &out->line, &out->column))
        out->file = copy(r->scratch, where);
    else
        out->file = "";
    out->kind = csan__finding_kind_name(f->kind);
    out->message = copy(r->scratch, f->what);
    out->fingerprint = copy(r->scratch, room);
    out->function = copy(r->scratch, at && strcmp(at->function, "??") != 0 ? at->function : "");
    out->test = copy(r->scratch, s->test ? s->test : r->test);
}

struct csan_report *csan__told_make(const struct report *r)
{
    struct csan_report *all = csan__arena_scratch_alloc(r->scratch, r->count * sizeof *all);
    for (uint32_t i = 0; all && i < r->count; i++)
        fill(&all[i], r, &r->shown[i]);
    return all;
}

void csan__told_call(const struct csan_report *all, uint32_t count)
{
    for (uint32_t i = 0; all && i < count; i++)
        csan_on_report(&all[i]);
}
