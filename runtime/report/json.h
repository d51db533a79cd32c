/* A stream of JSON: values out, one after the other, of any size, through a buffer of fixed size.
 *
 * Commas put themselves. A member of an object is a key and then a value; an element of an array is
 * a value alone. Strings are escaped and valid UTF-8, whatever they hold. The first write that
 * fails ends the stream: later calls do nothing, and `error` says why.
 *
 *     csan__json_open(j, NULL, '{');  csan__json_string(j, "kind", "leak");
 * csan__json_close(j,'}');
 *
 * One owner at a time. Needs text.h, os.h; used by jsonl.c. */
#ifndef CSAN_REPORT_JSON_H
#define CSAN_REPORT_JSON_H

#include "base/text.h"

struct json {
    struct text out; /* what is not written yet; its room is the owner's, 4 KiB at least */
    int fd;
    bool wants_comma;
    long error; /* 0, or -errno of the write that failed */
};

/* key: NULL in an array and at the top. */
void csan__json_open(struct json *j, const char *key, char bracket);
void csan__json_close(struct json *j, char bracket);
void csan__json_string(struct json *j, const char *key, const char *s); /* NULL: null */
void csan__json_number(struct json *j, const char *key, uint64_t n);
void csan__json_bool(struct json *j, const char *key, bool b);
/* The end of a line, between two values at the top. */
void csan__json_line(struct json *j);
/* Writes what is left: 0 or -errno. */
long csan__json_flush(struct json *j);

#endif
