/* GitHub annotations: workflow commands, which the runner takes from a step's output.
 *
 * It shows ten errors and ten notices a step and fifty a job, and cuts long texts: the tenth says
 * how many more there are, and the step summary (format_summary.c) has them all. */
#include "tools/format.h"

#include <stdlib.h>
#include <string.h>

#define ANNOTATIONS_MAX 10
#define MESSAGE_BYTES 4000

static struct {
    struct seen *seen;
    uint64_t findings, notes, dark;
    char *last; /* the tenth, held back until it is known to be the last */
} state;

/* https://docs.github.com: % and line ends in data, : and , in properties as well. */
static void put(FILE *out, const char *s, size_t most, const char *escaped)
{
    for (size_t n = 0; *s && n < most; s++, n++) {
        if (strchr(escaped, *s))
            fprintf(out, "%%%02X", (unsigned)*s);
        else
            fputc((unsigned char)*s < ' ' && *s != '\t' ? '?' : *s, out);
    }
}

static void put_annotation(FILE *out, const struct record *r, const struct shown *s)
{
    uint32_t line, column;
    char claim_room[1024] = "";
    struct text claim = TEXT(claim_room);
    const char *file = csan__record_place(r, s, &line, &column);
    char *text = csan__format_plain(r, s), *body = strchr(text, '\n');
    fputs(s->finding->is_note ? "::notice " : "::error ", out);
    if (line) {
        fputs("file=", out);
        put(out, file, SIZE_MAX, "%\r\n:,");
        fprintf(out, ",line=%u,col=%u,", line, column);
    }
    fprintf(out, "title=csan %s::", csan__finding_kind_name(s->finding->kind));
    csan__record_claim(s, &claim);
    put(out, claim_room, MESSAGE_BYTES, "%\r\n");
    put(out, body ? body : "", MESSAGE_BYTES, "%\r\n");
    fputc('\n', out);
    free(text);
}

static void begin(FILE *out)
{
    (void)out;
    csan__seen_free(&state.seen);
    free(state.last);
    memset(&state, 0, sizeof state);
}

static void record(FILE *out, const struct record *r)
{
    if (r->verdict >= RECORD_UNCHECKED)
        state.dark++;
    for (uint32_t i = 0; i < r->report.count; i++) {
        const struct shown *s = &r->report.shown[i];
        if (s->known || !csan__seen_first(&state.seen, r->extras[i].program, s))
            continue;
        state.findings++;
        if (state.findings < ANNOTATIONS_MAX) {
            put_annotation(out, r, s);
        } else if (state.findings == ANNOTATIONS_MAX) {
            size_t bytes;
            FILE *f = open_memstream(&state.last, &bytes);
            if (f) {
                put_annotation(f, r, s);
                fclose(f);
            }
        }
    }
    for (uint32_t i = 0; i < r->notes.count && state.notes < ANNOTATIONS_MAX; i++) {
        if (!csan__seen_first(&state.seen, r->note_extras[i].program, &r->notes.shown[i]))
            continue;
        state.notes++;
        put_annotation(out, r, &r->notes.shown[i]);
    }
}

static void end(FILE *out)
{
    if (state.findings == ANNOTATIONS_MAX && state.last)
        fputs(state.last, out);
    else if (state.findings > ANNOTATIONS_MAX)
        fprintf(out, "::error title=csan::%lu more findings: see the step's summary or its log\n",
                (unsigned long)state.findings - (ANNOTATIONS_MAX - 1));
    if (state.dark)
        fprintf(out, "::warning title=csan::%lu process%s could not be checked\n",
                (unsigned long)state.dark, state.dark == 1 ? "" : "es");
}

const struct format csan__format_github = {"github", ".github.txt", begin, record, end};
