#include "report/page.h"

#include <string.h>

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

uint32_t csan__page_columns(const char *s)
{
    uint32_t n = 0;
    for (; *s; s++)
        n += starts_character(*s);
    return n;
}

/* Bytes of the first n characters. */
static size_t bytes_of(const char *s, uint32_t n)
{
    size_t i = 0;
    for (; s[i]; i++)
        if (starts_character(s[i]) && n-- == 0)
            break;
    return i;
}

/* C0 and DEL are one byte; C1, the 8-bit escapes, are 0xc2 0x80 to 0xc2 0x9f in UTF-8. */
static size_t control_length(const char *s)
{
    unsigned char c = (unsigned char)s[0], next = c ? (unsigned char)s[1] : 0;
    if (c < 0x20 || c == 0x7f)
        return 1;
    return c == 0xc2 && next >= 0x80 && next < 0xa0 ? 2 : 0;
}

static void put(struct page *p, const char *s, size_t n)
{
    size_t done = 0;
    for (size_t i = 0; i < n;) {
        size_t control = control_length(s + i);
        if (control == 0) {
            i++;
            continue;
        }
        csan__text_mem(p->out, s + done, i - done);
        csan__text_char(p->out, s[i] == '\t' ? ' ' : '?');
        i += control;
        done = i;
    }
    if (done < n)
        csan__text_mem(p->out, s + done, n - done);
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
    put(p, s, strlen(s));
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
    put(p, s, bytes_of(s, head));
    csan__text_str(p->out, cut == CUT_GLOB ? "*" : "…");
    csan__page_put(p, s + bytes_of(s, have - tail));
}
