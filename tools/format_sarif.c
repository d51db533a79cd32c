/* SARIF 2.1.0: one run, a result a finding, with its stack and who else is involved.
 *
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0: ruleId 3.27.5, baselineState 3.27.24,
 * partialFingerprints 3.27.17, stacks 3.27.19, artifactLocation's uri relative to uriBaseId 3.4.4.
 */
#include "tools/format.h"

#include "report/advice.h"

#include <cjson/cJSON.h>
#include <string.h>

static struct {
    struct seen *seen;
    uint64_t results;
    bool is_dark;
} state;

static void print(FILE *out, cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    fputs(text ? text : "{}", out);
    cJSON_free(text);
    cJSON_Delete(value);
}

static void begin(FILE *out)
{
    cJSON *driver = cJSON_CreateObject(), *rules;
    csan__seen_free(&state.seen);
    state.results = 0;
    state.is_dark = false;
    cJSON_AddStringToObject(driver, "name", "csan");
    cJSON_AddStringToObject(driver, "version", CSAN_VERSION);
    rules = cJSON_AddArrayToObject(driver, "rules");
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        cJSON *rule = cJSON_CreateObject();
        cJSON_AddStringToObject(rule, "id", csan__finding_kind_name((enum finding_kind)k));
        cJSON_AddStringToObject(cJSON_AddObjectToObject(rule, "help"), "text",
                                csan__advice_try(&(struct finding){.kind = (enum finding_kind)k}));
        cJSON_AddItemToArray(rules, rule);
    }
    fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","
          "\"runs\":[{\"tool\":{\"driver\":",
          out);
    print(out, driver);
    fputs("},\"columnKind\":\"utf16CodeUnits\",\"results\":[", out);
}

/* RFC 3986: what is neither unreserved nor a slash is escaped; an absolute path is a file: URI. */
static void put_uri(struct text *t, const char *file)
{
    if (file[0] == '/')
        csan__text_str(t, "file://");
    for (; *file; file++) {
        unsigned char c = (unsigned char)*file;
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || strchr("-._~/", c) != NULL;
        if (is_plain) {
            csan__text_char(t, (char)c);
        } else {
            csan__text_char(t, '%');
            csan__text_char(t, "0123456789ABCDEF"[c >> 4]);
            csan__text_char(t, "0123456789ABCDEF"[c & 15]);
        }
    }
}

static cJSON *location_of(const struct record *r, const struct shown *s, const struct frame *f)
{
    cJSON *location = cJSON_CreateObject();
    if (f->file[0]) {
        const char *file = csan__report_relative(f->file, csan__record_root(r, s));
        char buf[3 * 4096];
        struct text uri = TEXT(buf);
        cJSON *physical = cJSON_AddObjectToObject(location, "physicalLocation");
        cJSON *artifact = cJSON_AddObjectToObject(physical, "artifactLocation");
        put_uri(&uri, file);
        cJSON_AddStringToObject(artifact, "uri", buf);
        if (file[0] != '/')
            cJSON_AddStringToObject(artifact, "uriBaseId", "SRCROOT");
        cJSON *region = f->line ? cJSON_AddObjectToObject(physical, "region") : NULL;
        if (region) {
            cJSON_AddNumberToObject(region, "startLine", f->line);
            cJSON_AddNumberToObject(region, "startColumn", f->column ? f->column : 1);
        }
    }
    cJSON *logical = cJSON_CreateObject();
    cJSON_AddStringToObject(logical, "fullyQualifiedName", f->function);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(location, "logicalLocations"), logical);
    return location;
}

static cJSON *stack_of(const struct record *r, const struct shown *s, const struct trace *t,
                       const char *label)
{
    cJSON *stack = cJSON_CreateObject(), *frames = cJSON_CreateArray();
    cJSON_AddStringToObject(cJSON_AddObjectToObject(stack, "message"), "text", label);
    cJSON_AddItemToObject(stack, "frames", frames);
    for (uint32_t i = 0; i < t->count; i++) {
        cJSON *frame = cJSON_CreateObject();
        cJSON_AddItemToObject(frame, "location", location_of(r, s, &t->frames[i]));
        cJSON_AddStringToObject(frame, "module", t->frames[i].module);
        cJSON_AddItemToArray(frames, frame);
    }
    return stack;
}

static cJSON *result_of(const struct record *r, const struct shown *s,
                        const struct record_extra *extra)
{
    const struct finding *f = s->finding;
    char buf[1024];
    struct text text = TEXT(buf);
    cJSON *result = cJSON_CreateObject(), *locations, *stacks, *properties;
    cJSON_AddStringToObject(result, "ruleId", csan__finding_kind_name(f->kind));
    cJSON_AddNumberToObject(result, "ruleIndex", f->kind);
    cJSON_AddStringToObject(result, "level", s->known || f->is_note ? "note" : "error");
    if (!f->is_note)
        cJSON_AddStringToObject(result, "baselineState", s->known ? "unchanged" : "new");
    csan__record_claim(s, &text);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(result, "message"), "text", buf);
    text = (struct text)TEXT(buf);
    for (int shift = 28; shift >= 0; shift -= 4)
        csan__text_hex(&text, s->fingerprint >> shift & 15);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(result, "partialFingerprints"), "csan/v1", buf);
    locations = cJSON_AddArrayToObject(result, "locations");
    if (s->trace.count)
        cJSON_AddItemToArray(locations, location_of(r, s, &s->trace.frames[s->trace.place]));
    stacks = cJSON_AddArrayToObject(result, "stacks");
    cJSON_AddItemToArray(stacks, stack_of(r, s, &s->trace, "here"));
    for (uint32_t p = 0; p < f->nparties; p++)
        cJSON_AddItemToArray(stacks, stack_of(r, s, &s->parties[p], f->parties[p].label));
    properties = cJSON_AddObjectToObject(result, "properties");
    cJSON_AddStringToObject(properties, "program", extra->program);
    if (s->test)
        cJSON_AddStringToObject(properties, "test", s->test);
    cJSON_AddNumberToObject(properties, "amount", (double)f->amount);
    cJSON_AddStringToObject(properties, "unit", extra->unit);
    cJSON_AddNumberToObject(properties, "count", (double)f->count);
    return result;
}

static void put_result(FILE *out, const struct record *r, const struct shown *s,
                       const struct record_extra *extra)
{
    if (!csan__seen_first(&state.seen, extra->program, s))
        return;
    fputs(state.results++ ? ",\n" : "\n", out);
    print(out, result_of(r, s, extra));
}

static void record(FILE *out, const struct record *r)
{
    state.is_dark |= r->verdict >= RECORD_UNCHECKED;
    for (uint32_t i = 0; i < r->report.count; i++)
        put_result(out, r, &r->report.shown[i], &r->extras[i]);
    for (uint32_t i = 0; i < r->notes.count; i++)
        put_result(out, r, &r->notes.shown[i], &r->note_extras[i]);
}

static void end(FILE *out)
{
    fprintf(out, "\n],\"invocations\":[{\"executionSuccessful\":%s}]}]}\n",
            state.is_dark ? "false" : "true");
}

const struct format csan__format_sarif = {"sarif", ".sarif", begin, record, end};
