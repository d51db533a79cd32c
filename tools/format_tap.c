/* TAP version 13: a test point a process, its findings as a YAML block below it. Strings are
 * JSON's, which YAML's double-quoted ones include. */
#include "tools/format.h"

#include <string.h>

static uint64_t points;

static void put_quoted(FILE *out, const char *s)
{
    fputc('"', out);
    for (size_t left = strlen(s); left > 0;) {
        char buf[2048] = "";
        struct text t = TEXT(buf);
        size_t piece = left > 200 ? 200 : left;
        while (piece < left && ((unsigned char)s[piece] & 0xc0) == 0x80)
            piece++;
        csan__text_json(&t, s, piece);
        fputs(buf, out);
        s += piece;
        left -= piece;
    }
    fputc('"', out);
}

/* A description ends with its line, and a hash begins a directive. */
static void put_words(FILE *out, const char *s)
{
    for (; *s; s++)
        fputc((unsigned char)*s < ' ' || *s == '#' ? '_' : *s, out);
}

static void put_finding(FILE *out, const struct record *r, const struct shown *s)
{
    char claim_room[1024] = "";
    struct text claim = TEXT(claim_room);
    uint32_t line, column;
    const char *file = csan__record_place(r, s, &line, &column);
    csan__record_claim(s, &claim);
    fprintf(out, "    - kind: %s\n      fingerprint: \"%08x\"\n      message: ",
            csan__finding_kind_name(s->finding->kind), s->fingerprint);
    put_quoted(out, claim_room);
    if (line) {
        fputs("\n      file: ", out);
        put_quoted(out, file);
        fprintf(out, "\n      line: %u\n      column: %u", line, column);
    }
    fputs("\n      stack:\n", out);
    for (uint32_t i = 0; i < s->trace.count; i++) {
        const struct frame *f = &s->trace.frames[i];
        char buf[1200];
        struct text at = TEXT(buf);
        if (!f->own)
            continue;
        csan__text_format(&at, "%s %s:%u", f->function, f->file[0] ? f->file : f->module, f->line);
        fputs("        - ", out);
        put_quoted(out, buf);
        fputc('\n', out);
    }
}

/* A comment line: what TAP's readers show and do not count. */
static void put_note(FILE *out, const struct record *r, const struct shown *s)
{
    char claim_room[1024] = "";
    struct text claim = TEXT(claim_room);
    uint32_t line, column;
    const char *file = csan__record_place(r, s, &line, &column);
    csan__record_claim(s, &claim);
    fputs("# note: ", out);
    put_words(out, file);
    fprintf(out, ":%u: csan[%s]: ", line, csan__finding_kind_name(s->finding->kind));
    put_words(out, claim_room);
    fputc('\n', out);
}

static void begin(FILE *out)
{
    points = 0;
    fputs("TAP version 13\n", out);
}

static void record(FILE *out, const struct record *r)
{
    uint32_t findings = r->report.count - r->known;
    char buf[1024] = "";
    struct text name = TEXT(buf);
    csan__record_name(r, &name);
    for (uint32_t i = 0; i < r->notes.count; i++)
        put_note(out, r, &r->notes.shown[i]);
    fprintf(out, "%s %lu - ", r->verdict == RECORD_PASS ? "ok" : "not ok", (unsigned long)++points);
    put_words(out, buf);
    fputc('\n', out);
    if (r->verdict == RECORD_PASS)
        return;
    fprintf(out, "  ---\n  message: \"csan: %s\"\n  severity: fail\n",
            findings                         ? "findings"
            : r->verdict == RECORD_UNCHECKED ? "could not check this process"
                                             : "the process did not end");
    if (findings)
        fputs("  findings:\n", out);
    for (uint32_t i = 0; i < r->report.count; i++)
        if (!r->report.shown[i].known)
            put_finding(out, r, &r->report.shown[i]);
    fputs("  ...\n", out);
}

static void end(FILE *out)
{
    fprintf(out, "1..%lu\n", (unsigned long)points);
}

const struct format csan__format_tap = {"tap", ".tap", begin, record, end};
