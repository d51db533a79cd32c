/* Markdown for GitHub's step summary ($GITHUB_STEP_SUMMARY): a table, then each finding folded.
 * GitHub drops a summary of more than 1 MiB whole: this one ends before that, and says so. */
#include "tools/format.h"

#include <stdlib.h>
#include <string.h>

#define SUMMARY_BYTES_MAX ((size_t)1 << 20)
#define TAIL_BYTES 1024u /* for the last lines */

static struct {
    struct seen *seen;
    char *body;
    size_t body_bytes, bytes; /* as the stream has it; as was put in */
    FILE *to_body;
    uint64_t processes, failed, findings, known, dark, left_out;
} state;

/* All of it stands in HTML elements, where only HTML counts. */
static void put(FILE *out, const char *s)
{
    for (; *s; s++) {
        if (strchr("<>&", *s))
            fprintf(out, "&#%d;", *s);
        else
            fputc((unsigned char)*s < ' ' && *s != '\n' ? ' ' : *s, out);
    }
}

static void put_finding(FILE *out, const struct record *r, const struct shown *s,
                        const struct record_extra *extra)
{
    char claim_room[1024] = "";
    struct text claim = TEXT(claim_room);
    char *text = csan__format_plain(r, s);
    csan__record_claim(s, &claim);
    fprintf(out, "<details><summary><b>%s</b>%s ", csan__finding_kind_name(s->finding->kind),
            s->finding->is_note ? " (note)" : "");
    put(out, claim_room);
    fputs(" in ", out);
    put(out, extra->program);
    fputs("</summary>\n<pre>", out);
    put(out, text);
    fputs("</pre></details>\n\n", out);
    free(text);
}

static void begin(FILE *out)
{
    (void)out;
    csan__seen_free(&state.seen);
    free(state.body);
    memset(&state, 0, sizeof state);
    state.to_body = open_memstream(&state.body, &state.body_bytes);
}

static void add(const struct record *r, const struct shown *s, const struct record_extra *extra)
{
    if (s->known || !state.to_body || !csan__seen_first(&state.seen, extra->program, s))
        return;
    state.findings += !s->finding->is_note;
    char *one = NULL;
    size_t bytes = 0;
    FILE *f = state.left_out ? NULL : open_memstream(&one, &bytes);
    if (f) {
        put_finding(f, r, s, extra);
        fclose(f);
    }
    if (f && state.bytes + bytes <= SUMMARY_BYTES_MAX - TAIL_BYTES)
        state.bytes += fwrite(one, 1, bytes, state.to_body);
    else
        state.left_out++;
    free(one);
}

static void record(FILE *out, const struct record *r)
{
    (void)out;
    state.processes += r->processes;
    state.failed += r->report.count > r->known;
    state.known += r->known;
    state.dark += r->verdict >= RECORD_UNCHECKED;
    for (uint32_t i = 0; i < r->report.count; i++)
        add(r, &r->report.shown[i], &r->extras[i]);
    for (uint32_t i = 0; i < r->notes.count; i++)
        add(r, &r->notes.shown[i], &r->note_extras[i]);
}

static void end(FILE *out)
{
    if (state.to_body) {
        fclose(state.to_body);
        state.to_body = NULL;
    }
    fprintf(out, "### csan: %s\n\n", state.findings ? "FAIL" : state.dark ? "UNCHECKED" : "PASS");
    fprintf(out, "| findings | known | processes | failed | unchecked |\n|--:|--:|--:|--:|--:|\n");
    fprintf(out, "| %lu | %lu | %lu | %lu | %lu |\n\n", (unsigned long)state.findings,
            (unsigned long)state.known, (unsigned long)state.processes, (unsigned long)state.failed,
            (unsigned long)state.dark);
    if (state.body)
        fputs(state.body, out);
    if (state.left_out)
        fprintf(out, "%lu more findings do not fit here: `csan report DIR` has them.\n",
                (unsigned long)state.left_out);
}

const struct format csan__format_summary = {"summary", NULL, begin, record, end};
