/* Reports: findings in, text out. One file a format, each fed the same array of shown findings.
 *
 *   suppress.c  which findings the user has accepted      fingerprint.c  8 hex digits of identity
 *   symbol.c    names for stacks                          text.c         the terminal's format
 *   origin.c    whose code a frame is                     alias.c        names of locks
 *
 *   csan__symbol_resolve → csan__suppress_matches → weigh → csan__fingerprint_all →
 * csan__report_text
 *
 * Blind to detectors. Runs outside the stopped world, on csan's own stack (no frame of it is larger
 * than 4 KiB), one verdict at a time (LOCK_SESSION). */
#ifndef CSAN_REPORT_REPORT_H
#define CSAN_REPORT_REPORT_H

#include "base/text.h"
#include "record/finding.h"
#include "report/place.h"
#include "report/symbol.h"

struct shown {
    const struct finding *finding;
    struct trace trace;
    struct trace parties[FINDING_PARTIES];
    struct named_place *places; /* as many as the finding has; NULL: no memory */
    const char *test;           /* that the stack passes through; NULL: the report's */
    uint32_t fingerprint;
    const char *limit; /* as it was set, where this comes from a record; NULL: that in force */
    bool known;        /* in the baseline: told, and no failure */
};

struct report {
    struct shown *shown;
    uint32_t count;
    uint32_t known;       /* what the baseline has, besides */
    const char *program;  /* base name */
    const char *test;     /* NULL: no test framework */
    const char *why_dark; /* why names are missing, or NULL */
    struct arena *scratch;
};

/* suppress.c: the user's file (NULL or "": none) and csan_default_suppressions() (or NULL), one
 * rule a line: LeakSanitizer's `kind:pattern`, with `max=N` and `until=YYYY-MM-DD` behind it. What
 * was loaded before is replaced. -EINVAL for a bad line, -errno for a bad file, -ENOMEM: *why is
 * one sentence, with FILE:LINE for a bad line, and nothing is loaded. */
int csan__suppress_load(const char *path, const char *defaults_of_program, struct text *why);
/* Whether a rule in force matches a function, a source file or a module of the finding's own stack
 * (in a cycle of locks, of any party's) and has room for it. A rule with max=N has room while all
 * that it matched so far, this finding included, is at most N blocks or occurrences; a stack that
 * is judged again counts once, with the most it had. Counts the hit: for the first rule with room,
 * and those before it. */
bool csan__suppress_matches(const struct shown *s);
bool csan__suppress_any(void);
/* Emits each rule that never matched or is expired, as "FILE:LINE: rule". */
void csan__suppress_each_unused(void (*emit)(const char *rule, bool expired, void *arg), void *arg);
/* True when a frame of the trace matches the focus option: globs, comma-separated (or no focus). */
bool csan__focus_matches(const struct trace *t);
/* `*` wild, `^` and `$` anchors, LeakSanitizer's way: unanchored patterns match anywhere. Nothing
 * matches an empty subject. Time is at most the product of both lengths. */
bool csan__glob_matches(const char *pattern, const char *subject);

/* fingerprint.c: the finding by itself. */
uint32_t csan__fingerprint_of(const struct shown *s);
/* A lock by its name and the file that waits for it most; without a name by where that is. */
uint32_t csan__fingerprint_of_lock(const struct shown *s);
/* Fills in all fingerprints of a report, with findings told apart that differ by their lines only.
 */
void csan__fingerprint_all(struct report *r);

/* text.c */
struct text_style {
    bool color;
    bool links;      /* reserved for terminals with hyperlinks; false */
    const char *cwd; /* files below it are shown relative */
};
/* All findings, largest first within a kind; with verbosity 0 the first 20 and how many more there
 * are. One write a finding. 0, or -errno of the first that failed: the rest is not tried. */
int csan__report_text(const struct report *r, const struct text_style *style, int fd);
/* One of them, without the newline at the end, at most out's room (cut at the end of a line). */
void csan__report_finding(const struct report *r, const struct shown *s,
                          const struct text_style *style, struct text *out);
/* One finding as plain text for a test framework, which puts the place before it: no colour, no
 * newline at the end, at most out's room (cut at the end of a line), lines after the first begin
 * with "# ". */
void csan__report_brief(const struct report *r, const struct shown *s, const char *cwd,
                        struct text *out);
/* "csan: FAIL: 3 findings (1 leak, 2 wait) in PROGRAM\n"; with none, "csan: PASS: …". */
void csan__report_last_line(const struct report *r, struct text *out);
/* threads.c: groups of threads, as facts: 0, or -errno of the write that failed. */
int csan__report_threads(const struct report *r, const struct text_style *style, int fd);
/* FILE relative to cwd where it lies below it . */
const char *csan__report_relative(const char *file, const char *cwd);
/* The finding's place as its first line has it, for a test framework: false when there is no source
 * file: then *file is "libfoo.so+0x1234", in `room`, and the line 0. */
bool csan__report_place(const struct report *r, const struct shown *s, const char *cwd,
                        struct text *room, uint32_t *line, uint32_t *column);

#endif
