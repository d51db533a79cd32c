/* JSON Lines: one line a fact of one process's record, by docs/schema/csan-jsonl-1.schema.json.
 *
 *     {"type":"run", …}        first: what ran
 *     {"type":"finding", …}    one a finding, known ones too
 *     {"type":"note", …}       the same of what is worth a look and no failure
 *     {"type":"lock", …}       how long a lock was waited for, when all has been judged
 *     {"type":"end", …}        last: it is whole
 *
 * docs/formats.md says what a reader may rely on. Figures are raw: bytes, ns, numbers. What is not
 * known is left out. No state. Needs json.h, report.h; used by session/out.c. */
#ifndef CSAN_REPORT_JSONL_H
#define CSAN_REPORT_JSONL_H

#include "report/json.h"
#include "report/report.h"

#define JSONL_VERSION 1

struct jsonl_run {
    const char *program; /* base name */
    const char *test;    /* NULL: none */
    const char *cwd;
    const char *command; /* its words, each ended by a NUL */
    size_t command_bytes;
    int pid, parent;
    uint64_t began; /* seconds since 1970-01-01 UTC */
};

struct jsonl_end {
    uint32_t findings, known; /* lines before this one: those that fail, those of the baseline */
    uint32_t notes;           /* and those that are worth a look */
    uint32_t locks;           /* that were waited for */
    bool checked;             /* false: csan could not check */
    uint64_t elapsed_ns;
};

void csan__jsonl_run(struct json *j, const struct jsonl_run *r);
/* With s->known it is one that the baseline has. */
void csan__jsonl_finding(struct json *j, const struct report *r, const struct shown *s, int pid);
/* s->finding is that of a struct lock_waits. */
void csan__jsonl_lock(struct json *j, const struct report *r, const struct shown *s, int pid);
void csan__jsonl_end(struct json *j, const struct jsonl_end *e);

#endif
