/* Records read: JSON Lines of docs/formats.md, one process after the other.
 *
 * A record is given in the form that report/ takes, so that what a process would have said and what
 * is said of its record are the same words. It is good until its visitor comes back; all texts in
 * it are valid UTF-8 and never NULL unless that is said. What is broken is told on stderr, once a
 * file and with its line, and what could be read of it is visited all the same. Needs cJSON;
 * used by the verbs that read records. */
#ifndef CSAN_TOOLS_RECORD_H
#define CSAN_TOOLS_RECORD_H

#include "report/report.h"

enum record_verdict {
    RECORD_PASS,
    RECORD_FAIL,
    RECORD_UNCHECKED,
    RECORD_UNFINISHED, /* it has no end: the process was killed, or the file is cut */
};

/* What struct shown has no place for. */
struct record_extra {
    const char *line; /* the finding as it stands in the file, without the newline */
    const char *unit; /* of amount: "bytes", "ns", "number" */
    uint64_t pid;
    uint64_t processes;      /* it was found in so many; 1 unless merged */
    const char *setting;     /* "CSAN_MAX_LEAK=2KiB"; "": none */
    const char *suppression; /* "leak:row_new"; "": none */
    const char *program;     /* of a merged record each has its own */
};

/* Where threads have waited for a lock. */
struct record_site {
    const char *access; /* "lock", "read", "write" */
    uint64_t waits, wait_ns;
    struct trace trace;
};

struct record_lock {
    const char *line;    /* as it stands in the file */
    const char *message; /* "mutex `rows`" */
    const char *program;
    uint32_t fingerprint;
    uint64_t processes, locks;
    uint64_t acquisitions;             /* 0: not known */
    bool at_least;                     /* there were more of them */
    const struct finding_times *times; /* of all waits */
    struct record_site *sites;         /* the longest waiting first */
    uint32_t nsites;
};

struct record {
    const char *path; /* the file that it is read from */
    const char *run;  /* its first line */
    const char *csan, *program, *time, *cwd;
    const char *test; /* NULL: none */
    const char **command;
    uint32_t ncommand;
    uint64_t pid, parent, elapsed_ns;
    uint64_t processes; /* 1 unless merged */
    enum record_verdict verdict;
    struct report report;        /* its findings, known ones too */
    struct record_extra *extras; /* one a finding */
    struct report notes;         /* worth a look, and no failures */
    struct record_extra *note_extras;
    struct record_lock *locks; /* that were waited for, the longest first */
    uint32_t nlocks;
    uint32_t known; /* of the findings */
    struct arena arena;
};

/* Not 0: no more. */
typedef int record_visit(struct record *r, void *arg);

/* Files, and the records in folders (sorted by name; parts of processes that were killed as well).
 * 0; VERB_DARK: something could not be read, or was no record, or there was none at all; or what
 * visit said. */
int csan__records_each(char *const *paths, int npaths, record_visit *visit, void *arg);

/* The record as a process of the same program would have it, for writers that need no file. NULL:
 * *why is one sentence. Test seam, and the fuzzer's. */
int csan__record_read_text(const char *name, const char *text, size_t length, record_visit *visit,
                           void *arg);

/* The folder that its file is shown relative to: the current one where it lies below that, else the
 * one that the process was started in. */
const char *csan__record_root(const struct record *r, const struct shown *s);
/* Where the finding is: a file relative to that folder, or "" (then *line is 0). */
const char *csan__record_place(const struct record *r, const struct shown *s, uint32_t *line,
                               uint32_t *column);
/* "2.0 KiB in 32 blocks never freed > max_leak=0" */
void csan__record_claim(const struct shown *s, struct text *out);
/* "test_cache reconnect", "test_cache --fast": what to call what has run. */
void csan__record_name(const struct record *r, struct text *out);

#endif
