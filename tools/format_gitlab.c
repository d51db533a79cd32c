/* GitLab's code quality report: one array, an issue a finding. What GitLab needs of an issue:
 * description, check_name, fingerprint (unique in the report), severity, location. */
#include "tools/format.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static struct {
    struct seen *seen;
    uint64_t issues;
} state;

static void begin(FILE *out)
{
    csan__seen_free(&state.seen);
    state.issues = 0;
    fputc('[', out);
}

/* A place it must have: the program's name stands for a file that nobody knows. */
static cJSON *issue_of(const struct record *r, const struct shown *s,
                       const struct record_extra *extra)
{
    char buf[1024];
    struct text claim = TEXT(buf), name;
    uint32_t line, column;
    const char *file = csan__record_place(r, s, &line, &column);
    cJSON *issue = cJSON_CreateObject(), *location, *lines;
    csan__text_format(&claim, "csan[%s]: ", csan__finding_kind_name(s->finding->kind));
    csan__record_claim(s, &claim);
    cJSON_AddStringToObject(issue, "description", buf);
    name = (struct text)TEXT(buf);
    csan__text_format(&name, "csan-%s", csan__finding_kind_name(s->finding->kind));
    cJSON_AddStringToObject(issue, "check_name", buf);
    name = (struct text)TEXT(buf);
    for (int shift = 28; shift >= 0; shift -= 4)
        csan__text_hex(&name, s->fingerprint >> shift & 15);
    csan__text_format(&name, "-%s", extra->program);
    cJSON_AddStringToObject(issue, "fingerprint", buf);
    cJSON_AddStringToObject(issue, "severity", s->finding->is_note ? "info" : "major");
    location = cJSON_AddObjectToObject(issue, "location");
    cJSON_AddStringToObject(location, "path", line ? file : extra->program);
    lines = cJSON_AddObjectToObject(location, "lines");
    cJSON_AddNumberToObject(lines, "begin", line ? line : 1);
    return issue;
}

static void put_issue(FILE *out, const struct record *r, const struct shown *s,
                      const struct record_extra *extra)
{
    if (s->known || !csan__seen_first(&state.seen, extra->program, s))
        return;
    cJSON *issue = issue_of(r, s, extra);
    char *text = cJSON_PrintUnformatted(issue);
    fprintf(out, "%s%s", state.issues++ ? ",\n" : "\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(issue);
}

static void record(FILE *out, const struct record *r)
{
    for (uint32_t i = 0; i < r->report.count; i++)
        put_issue(out, r, &r->report.shown[i], &r->extras[i]);
    for (uint32_t i = 0; i < r->notes.count; i++)
        put_issue(out, r, &r->notes.shown[i], &r->note_extras[i]);
}

static void end(FILE *out)
{
    fputs("\n]\n", out);
}

const struct format csan__format_gitlab = {"gitlab", ".gitlab.json", begin, record, end};
