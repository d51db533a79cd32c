/* jsonl: the records themselves, whole lines as they stand. */
#include "tools/format.h"

static void begin(FILE *out)
{
    (void)out;
}

static void record(FILE *out, const struct record *r)
{
    static const char *const verdicts[] = {"pass", "fail", "unchecked"};
    fprintf(out, "%s\n", r->run);
    for (uint32_t i = 0; i < r->notes.count; i++)
        fprintf(out, "%s\n", r->note_extras[i].line);
    for (uint32_t i = 0; i < r->report.count; i++)
        fprintf(out, "%s\n", r->extras[i].line);
    for (uint32_t i = 0; i < r->nlocks; i++)
        fprintf(out, "%s\n", r->locks[i].line);
    if (r->verdict != RECORD_UNFINISHED)
        fprintf(out,
                "{\"type\":\"end\",\"verdict\":\"%s\",\"findings\":%u,\"known\":%u,"
                "\"notes\":%u,\"locks\":%u,\"elapsed_ns\":%lu}\n",
                verdicts[r->verdict], r->report.count - r->known, r->known, r->notes.count,
                r->nlocks, (unsigned long)r->elapsed_ns);
}

const struct format csan__format_jsonl = {"jsonl", NULL, begin, record, begin};
