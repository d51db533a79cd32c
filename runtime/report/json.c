#include "report/json.h"
#include "base/os.h"

#include <string.h>

#define PIECE_BYTES 256u /* of a string; escaped it is six times as long at most */

long csan__json_flush(struct json *j)
{
    if (!j->error && j->out.len > 0)
        j->error = csan__os_write_all(j->fd, j->out.buf, j->out.len);
    j->out.len = 0;
    return j->error;
}

static void make_room(struct json *j)
{
    if (j->out.cap - j->out.len < 8 * (size_t)PIECE_BYTES)
        csan__json_flush(j);
}

/* A piece must not end inside a character: then both halves would be called broken. */
static size_t piece_of(const char *s, size_t n)
{
    if (n <= PIECE_BYTES)
        return n;
    size_t end = PIECE_BYTES;
    for (size_t back = 0; back < 3 && ((unsigned char)s[end] & 0xc0) == 0x80; back++)
        end--;
    return end;
}

static void put_quoted(struct json *j, const char *s)
{
    size_t n = strlen(s);
    make_room(j);
    csan__text_char(&j->out, '"');
    while (n > 0) {
        size_t piece = piece_of(s, n);
        make_room(j);
        csan__text_json(&j->out, s, piece);
        s += piece;
        n -= piece;
    }
    csan__text_char(&j->out, '"');
}

static void begin_value(struct json *j, const char *key)
{
    make_room(j);
    if (j->wants_comma)
        csan__text_char(&j->out, ',');
    j->wants_comma = true;
    if (!key)
        return;
    put_quoted(j, key);
    csan__text_char(&j->out, ':');
}

void csan__json_open(struct json *j, const char *key, char bracket)
{
    begin_value(j, key);
    csan__text_char(&j->out, bracket);
    j->wants_comma = false;
}

void csan__json_close(struct json *j, char bracket)
{
    make_room(j);
    csan__text_char(&j->out, bracket);
    j->wants_comma = true;
}

void csan__json_string(struct json *j, const char *key, const char *s)
{
    begin_value(j, key);
    if (s)
        put_quoted(j, s);
    else
        csan__text_str(&j->out, "null");
}

void csan__json_number(struct json *j, const char *key, uint64_t n)
{
    begin_value(j, key);
    csan__text_u64(&j->out, n);
}

void csan__json_bool(struct json *j, const char *key, bool b)
{
    begin_value(j, key);
    csan__text_str(&j->out, b ? "true" : "false");
}

void csan__json_line(struct json *j)
{
    make_room(j);
    csan__text_char(&j->out, '\n');
    j->wants_comma = false;
}
