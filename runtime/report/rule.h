/* One line of a suppression file: `kind:pattern max=N until=YYYY-MM-DD # comment`.
 *
 * A rule points into the text that it was read from. No state. Needs glob.h; used by suppress.c. */
#ifndef CSAN_REPORT_RULE_H
#define CSAN_REPORT_RULE_H

#include "base/text.h"
#include "record/finding.h"
#include "report/glob.h"

struct rule_use;

#define RULE_NO_MAX UINT64_MAX
#define RULE_NO_DAY INT64_MAX

struct rule {
    const char *text; /* as it was written, from kind to the last word; not NUL-terminated */
    uint32_t length;
    uint32_t line;      /* 1: the first */
    const char *source; /* name of the file */
    struct glob glob;
    enum finding_kind kind;
    uint64_t max;          /* RULE_NO_MAX */
    int64_t until_day;     /* days since 1970-01-01, the last on which it counts; RULE_NO_DAY */
    struct rule_use *uses; /* suppress.c: what a rule with max has matched, by stack */
    uint64_t used;         /* their sum */
    bool has_matched;
    uint32_t next;     /* suppress.c: the next rule of the same bucket */
    uint32_t next_hit; /* suppress.c: the next rule that matches this finding */
    uint64_t tried;    /* suppress.c: the last subject it was compared with */
    uint64_t hit;      /* suppress.c: the last finding that it matched */
};

/* Reads a line without its newline. 1: a rule; 0: blank or a comment; -EINVAL: *why is the rest of
 * a sentence that begins with FILE:LINE. */
int csan__rule_read(const char *line, size_t length, struct rule *out, struct text *why);

#endif
