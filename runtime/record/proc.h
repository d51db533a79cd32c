/* The small files of /proc: one line of words with a blank between, most of them numbers.
 *
 * No state; any thread, a stopped world too. What lacks is 0 or empty: a kernel may have fewer
 * words, and /proc may not be there. Needs base/os; used by record/task and maps, detect/load and
 * crew. */
#ifndef CSAN_RECORD_PROC_H
#define CSAN_RECORD_PROC_H

#include "base/base.h"

/* True, and a string: what the file says, as far as there is room. */
bool csan__proc_read(const char *path, char *out, size_t room);
/* Behind so many words. */
const char *csan__proc_skip(const char *at, unsigned words);
/* The number that begins there: decimal, or 0x… */
uint64_t csan__proc_number(const char *at);
/* Hexadecimal without 0x; *at is behind it then. */
uint64_t csan__proc_hex(const char **at);

#endif
