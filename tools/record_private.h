/* What the files that read records share: record.c goes by lines, record_finding.c and
 * record_lock.c take one each, record_members.c knows what they consist of.
 *
 * What a record keeps is in its arena until its visitor comes back. Out of memory ends the command.
 * Needs record.h, cJSON; used by these files. */
#ifndef CSAN_TOOLS_RECORD_PRIVATE_H
#define CSAN_TOOLS_RECORD_PRIVATE_H

#include "tools/record.h"

#include <cjson/cJSON.h>

struct reader {
    const char *path;
    uint64_t line;
    struct record record;
    bool is_open; /* a run has begun and has not ended */
    uint32_t room, notes_room, locks_room;
    bool is_bad; /* something was said of this file */
    record_visit *visit;
    void *arg;
    int stop;
};

/* Once a file, with its line; what could be read is visited all the same. */
CSAN_PRINTF(2, 3) void csan__reader_complain(struct reader *in, const char *format, ...);
char *csan__reader_keep(struct reader *in, const char *s);
void *csan__reader_room(struct reader *in, size_t bytes);

/* A member that is missing, or of another type: `without`, 0, false, an empty stack, NULL. */
const char *csan__member_string(struct reader *in, const cJSON *of, const char *key,
                                const char *without);
uint64_t csan__member_number(const cJSON *of, const char *key);
uint32_t csan__member_small(const cJSON *of, const char *key);
bool csan__member_is_true(const cJSON *of, const char *key);
struct trace csan__member_trace(struct reader *in, const cJSON *of);
struct finding_times *csan__member_times(struct reader *in, const cJSON *of);
/* False: it has none, which was said. */
bool csan__member_fingerprint(struct reader *in, const cJSON *of, const char *what,
                              uint32_t *fingerprint);

void csan__record_take_finding(struct reader *in, const cJSON *of, const char *line, bool is_note);
void csan__record_take_lock(struct reader *in, const cJSON *of, const char *line);

#endif
