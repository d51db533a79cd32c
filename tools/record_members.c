/* What lines of a record consist of: strings, figures, stacks, times. */
#include "tools/record_private.h"

#include "tools/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void csan__reader_complain(struct reader *in, const char *format, ...)
{
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (!in->is_bad)
        csan__say("%s:%lu: %s", in->path, (unsigned long)in->line, what);
    in->is_bad = true;
}

char *csan__reader_keep(struct reader *in, const char *s)
{
    return csan__need(csan__arena_scratch_copy(&in->record.arena, s, strlen(s)));
}

void *csan__reader_room(struct reader *in, size_t bytes)
{
    return csan__need(csan__arena_scratch_alloc(&in->record.arena, bytes));
}

const char *csan__member_string(struct reader *in, const cJSON *of, const char *key,
                                const char *without)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(of, key));
    return s ? csan__reader_keep(in, s) : without;
}

uint64_t csan__member_number(const cJSON *of, const char *key)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(of, key);
    if (!cJSON_IsNumber(n) || !(n->valuedouble > 0))
        return 0;
    return n->valuedouble < 18446744073709549568.0 ? (uint64_t)n->valuedouble : UINT64_MAX;
}

uint32_t csan__member_small(const cJSON *of, const char *key)
{
    uint64_t n = csan__member_number(of, key);
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

bool csan__member_is_true(const cJSON *of, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(of, key));
}

static struct frame frame_of(struct reader *in, const cJSON *at)
{
    const char *offset = csan__member_string(in, at, "offset", "0");
    struct frame f = {.function = csan__member_string(in, at, "function", "??"),
                      .file = csan__member_string(in, at, "file", ""),
                      .module = csan__member_string(in, at, "module", ""),
                      .source = csan__member_string(in, at, "source", ""),
                      .line = csan__member_small(at, "line"),
                      .column = csan__member_small(at, "column"),
                      .caret = csan__member_small(at, "caret"),
                      .offset = strtoul(offset, NULL, 16),
                      .inlined = csan__member_is_true(at, "inlined"),
                      .own = csan__member_is_true(at, "own")};
    if (!f.function[0])
        f.function = "??";
    if (!f.file[0])
        f.line = 0;
    if (f.caret > strlen(f.source))
        f.caret = 0;
    return f;
}

struct trace csan__member_trace(struct reader *in, const cJSON *of)
{
    const cJSON *stack = cJSON_GetObjectItemCaseSensitive(of, "stack"), *at;
    uint32_t n = 0, count = cJSON_IsArray(stack) ? (uint32_t)cJSON_GetArraySize(stack) : 0;
    struct trace t = {.count = count, .truncated = csan__member_is_true(of, "truncated")};
    t.frames = csan__reader_room(in, count * sizeof *t.frames);
    for (at = count ? stack->child : NULL; at && n < count; at = at->next)
        t.frames[n++] = frame_of(in, at);
    t.place = csan__member_small(of, "place");
    if (t.place >= count)
        t.place = 0;
    return t;
}

struct finding_times *csan__member_times(struct reader *in, const cJSON *of)
{
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(of, "times"), *at;
    const cJSON *buckets = cJSON_GetObjectItemCaseSensitive(times, "buckets");
    uint32_t count = cJSON_IsArray(buckets) ? (uint32_t)cJSON_GetArraySize(buckets) : 0;
    if (!count)
        return NULL;
    struct finding_times *t = csan__reader_room(in, sizeof *t);
    struct finding_bucket *all = csan__reader_room(in, count * sizeof *all);
    *t = (struct finding_times){.count = csan__member_number(times, "count"),
                                .sum_ns = csan__member_number(times, "sum_ns"),
                                .max_ns = csan__member_number(times, "max_ns"),
                                .p50_ns = csan__member_number(times, "p50_ns"),
                                .p90_ns = csan__member_number(times, "p90_ns"),
                                .p99_ns = csan__member_number(times, "p99_ns"),
                                .buckets = all};
    for (at = buckets->child; at && t->nbuckets < count; at = at->next)
        all[t->nbuckets++] = (struct finding_bucket){csan__member_number(at, "from_ns"),
                                                     csan__member_number(at, "to_ns"),
                                                     csan__member_number(at, "count")};
    return t;
}

bool csan__member_fingerprint(struct reader *in, const cJSON *of, const char *what,
                              uint32_t *fingerprint)
{
    const char *name = csan__member_string(in, of, "fingerprint", "");
    char *end;
    *fingerprint = (uint32_t)strtoul(name, &end, 16);
    if (strlen(name) == 8 && !*end)
        return true;
    csan__reader_complain(in, "a %s without a fingerprint", what);
    return false;
}
