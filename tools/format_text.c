/* text: what the processes have said, or would have. */
#include "tools/format.h"

#include "tools/verb.h"

#include <stdlib.h>
#include <string.h>

static struct {
    uint64_t processes, failed, findings, known, unchecked, unfinished;
} sum;

static void begin(FILE *out)
{
    (void)out;
    memset(&sum, 0, sizeof sum);
}

static void count(const struct record *r)
{
    uint32_t failing = r->report.count - r->known;
    sum.processes += r->processes;
    sum.findings += failing;
    sum.known += r->known;
    sum.failed += failing > 0;
    sum.unchecked += r->verdict == RECORD_UNCHECKED;
    sum.unfinished += r->verdict == RECORD_UNFINISHED;
}

/* The known ones are no failures: they are counted, not shown. */
static struct report failures(const struct record *r, struct shown *room)
{
    struct report some = r->report;
    some.shown = room;
    some.count = 0;
    for (uint32_t i = 0; i < r->report.count; i++)
        if (!r->report.shown[i].known)
            room[some.count++] = r->report.shown[i];
    return some;
}

static void put_notes(FILE *out, const struct record *r)
{
    if (!r->notes.count)
        return;
    struct text_style style = {.color = csan__say_in_color(fileno(out)),
                               .cwd = csan__record_root(r, &r->notes.shown[0])};
    fflush(out);
    csan__report_text(&r->notes, &style, fileno(out));
}

static void record(FILE *out, const struct record *r)
{
    char buf[512];
    struct text last = TEXT(buf);
    count(r);
    put_notes(out, r);
    if (r->report.count == r->known)
        return;
    struct shown *room = csan__need(calloc(r->report.count, sizeof *room));
    struct report some = failures(r, room);
    struct text_style style = {.color = csan__say_in_color(fileno(out)),
                               .cwd = csan__record_root(r, &some.shown[0])};
    fflush(out);
    csan__report_text(&some, &style, fileno(out));
    some.known = r->known;
    csan__report_last_line(&some, &last);
    fputs(buf, out);
    free(room);
}

static void end(FILE *out)
{
    char buf[64];
    struct text t = TEXT(buf);
    const char *verdict = sum.findings                     ? "FAIL"
                          : sum.unchecked + sum.unfinished ? "UNCHECKED"
                                                           : "PASS";
    if (sum.processes == 1 && sum.findings > 0)
        return; /* its last line has said it */
    csan__text_count(&t, sum.findings, "finding");
    fprintf(out, "csan: %s: %s in %lu process%s", verdict, buf, (unsigned long)sum.processes,
            sum.processes == 1 ? "" : "es");
    if (sum.known)
        fprintf(out, ", %lu known (baseline)", (unsigned long)sum.known);
    if (sum.unchecked)
        fprintf(out, ", %lu could not be checked", (unsigned long)sum.unchecked);
    if (sum.unfinished)
        fprintf(out, ", %lu did not end", (unsigned long)sum.unfinished);
    fputc('\n', out);
}

const struct format csan__format_text = {"text", NULL, begin, record, end};
