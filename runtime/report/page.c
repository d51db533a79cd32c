#include "report/page.h"

#include <string.h>

/* Bytes of what takes one column: a character, or what of a broken one becomes U+FFFD. */
static size_t bytes_of_one(const char *s, size_t left)
{
    int n = csan__text_character(s, left);
    return (size_t)(n < 0 ? -n : n);
}

/* Bytes of the first n columns. */
static size_t bytes_of(const char *s, uint32_t n)
{
    size_t i = 0;
    for (size_t end = strlen(s); i < end && n > 0; n--)
        i += bytes_of_one(s + i, end - i);
    return i;
}

uint32_t csan__page_columns(const char *s)
{
    uint32_t n = 0;
    for (size_t i = 0, end = strlen(s); i < end; n++)
        i += bytes_of_one(s + i, end - i);
    return n;
}

const char *csan__page_from(const char *s, uint32_t column)
{
    return s + bytes_of(s, column);
}

/* C0 and DEL are one byte; C1, the 8-bit escapes, are 0xc2 0x80 to 0xc2 0x9f in UTF-8. What turns
 * the direction of a line around (U+202A to 202E, U+2066 to 2069) shows code that is not there. */
static bool is_control(const char *s, size_t n)
{
    unsigned char c = (unsigned char)s[0], last = (unsigned char)s[n - 1];
    if (n == 1)
        return c < 0x20 || c == 0x7f;
    if (n == 2)
        return c == 0xc2 && last < 0xa0;
    return n == 3 && ((memcmp(s, "\xe2\x80", 2) == 0 && last >= 0xaa && last <= 0xae) ||
                      (memcmp(s, "\xe2\x81", 2) == 0 && last >= 0xa6 && last <= 0xa9));
}

/* as_is: bytes that are no UTF-8 stay, for they are a file's name. */
static void put(struct page *p, const char *s, size_t n, bool as_is)
{
    for (size_t i = 0; i < n;) {
        int length = csan__text_character(s + i, n - i);
        size_t bytes = (size_t)(length < 0 ? -length : length);
        if (length > 0 && is_control(s + i, bytes))
            csan__text_char(p->out, s[i] == '\t' ? ' ' : '?');
        else if (length > 0 || as_is)
            csan__text_mem(p->out, s + i, bytes);
        else
            csan__text_str(p->out, "\xef\xbf\xbd");
        i += bytes;
    }
}

void csan__page_line(struct page *p)
{
    if (p->has_line) {
        csan__text_char(p->out, '\n');
        csan__text_str(p->out, p->prefix);
    }
    p->has_line = true;
}

void csan__page_ink(struct page *p, enum ink ink)
{
    static const char *const escapes[] = {
        [INK_PLAIN] = "\033[0m",   [INK_PLACE] = "\033[1m",    [INK_ERROR] = "\033[1;31m",
        [INK_KIND] = "\033[1;35m", [INK_CARET] = "\033[1;32m", [INK_LABEL] = "\033[36m",
        [INK_DIM] = "\033[2m",
    };
    if (p->color)
        csan__text_str(p->out, escapes[ink]);
}

void csan__page_put(struct page *p, const char *s)
{
    put(p, s, strlen(s), false);
}

void csan__page_put_file(struct page *p, const char *s)
{
    put(p, s, strlen(s), true);
}

void csan__page_put_in(struct page *p, enum ink ink, const char *s)
{
    csan__page_ink(p, ink);
    csan__page_put(p, s);
    csan__page_ink(p, INK_PLAIN);
}

void csan__page_blanks(struct page *p, uint32_t n)
{
    while (n-- > 0)
        csan__text_char(p->out, ' ');
}

void csan__page_put_short(struct page *p, const char *s, uint32_t columns, enum cut cut)
{
    uint32_t have = csan__page_columns(s);
    if (columns < 3)
        columns = 3;
    if (have <= columns) {
        csan__page_put(p, s);
        return;
    }
    uint32_t head = columns - 1;
    if (cut != CUT_SOURCE)
        head /= cut == CUT_PATH ? 3 : 2;
    uint32_t tail = columns - 1 - head;
    put(p, s, bytes_of(s, head), false);
    csan__text_str(p->out, cut == CUT_GLOB ? "*" : "…");
    csan__page_put(p, s + bytes_of(s, have - tail));
}
