/* JUnit XML, the subset that Jenkins and GitLab read (tests/reports/junit.xsd): a test suite a
 * process, a test case in it named for its test or its command line. All findings of a process are
 * one failure, for the readers show the first alone. What the baseline knows, and notes, go to
 * system-out. */
#include "tools/format.h"

#include <stdlib.h>
#include <string.h>

static void put(FILE *out, const char *s)
{
    csan__format_markup(out, s, strlen(s));
}

static void put_one(FILE *out, const struct record *r, const struct shown *s)
{
    char *text = csan__format_plain(r, s);
    put(out, text);
    fputc('\n', out);
    free(text);
}

static void put_all(FILE *out, const struct record *r, bool known)
{
    for (uint32_t i = 0; i < r->report.count; i++)
        if (r->report.shown[i].known == known)
            put_one(out, r, &r->report.shown[i]);
}

static void put_failure(FILE *out, const struct record *r, uint32_t findings)
{
    const struct shown *first = r->report.shown;
    char buf[1024] = "";
    struct text claim = TEXT(buf);
    while (first->known)
        first++;
    csan__record_claim(first, &claim);
    if (findings > 1)
        csan__text_format(&claim, " (and %u more)", findings - 1);
    fprintf(out, "<failure type=\"csan.%s\" message=\"",
            csan__finding_kind_name(first->finding->kind));
    put(out, buf);
    fputs("\">", out);
    put_all(out, r, false);
    fputs("</failure>\n", out);
}

/* "2026-11-21T16:03:56Z"; a record from elsewhere may say anything. */
static bool is_time(const char *s)
{
    static const char shape[] = "0000-00-00T00:00:00Z";
    if (strlen(s) != sizeof shape - 1)
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
            return false;
    return true;
}

static void begin(FILE *out)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"csan\">\n", out);
}

static void record(FILE *out, const struct record *r)
{
    uint32_t findings = r->report.count - r->known;
    bool is_dark = !findings && r->verdict != RECORD_PASS;
    char buf[1024] = "";
    struct text name = TEXT(buf);
    csan__record_name(r, &name);
    fputs("<testsuite name=\"csan.", out);
    put(out, r->program);
    fprintf(out, "\" tests=\"1\" failures=\"%d\" errors=\"%d\" skipped=\"0\" time=\"%lu.%06lu\"",
            findings > 0, is_dark, (unsigned long)(r->elapsed_ns / 1000000000),
            (unsigned long)(r->elapsed_ns / 1000 % 1000000));
    if (is_time(r->time))
        fprintf(out, " timestamp=\"%.19s\"", r->time);
    fputs(">\n<testcase classname=\"csan.", out);
    put(out, r->program);
    fputs("\" name=\"", out);
    put(out, buf);
    fprintf(out, "\" time=\"%lu.%06lu\">\n", (unsigned long)(r->elapsed_ns / 1000000000),
            (unsigned long)(r->elapsed_ns / 1000 % 1000000));
    if (findings)
        put_failure(out, r, findings);
    else if (is_dark)
        fprintf(out, "<error type=\"csan.unchecked\" message=\"%s\"/>\n",
                r->verdict == RECORD_UNCHECKED ? "csan could not check this process"
                                               : "the process did not end: killed?");
    if (r->known || r->notes.count) {
        fputs("<system-out>", out);
        put_all(out, r, true);
        for (uint32_t i = 0; i < r->notes.count; i++)
            put_one(out, r, &r->notes.shown[i]);
        fputs("</system-out>\n", out);
    }
    fputs("</testcase>\n</testsuite>\n", out);
}

static void end(FILE *out)
{
    fputs("</testsuites>\n", out);
}

const struct format csan__format_junit = {"junit", ".junit.xml", begin, record, end};
