/* Text into a buffer of fixed size, without stdio. What does not fit is cut, and `cut` says so.
 *
 * struct text t = TEXT(buf); csan__text_str(&t, "x"); ... the buffer is NUL-terminated from the
 * first call on. Once cut, later calls add nothing: what is there is a prefix of the whole text,
 * and never ends inside a UTF-8 character that was added in one call.
 * csan__text_format knows %s %.*s %c %% %p, and %d %u %x with l or z or neither; no other flag or
 * width. At one that it does not know it stops and adds the rest of the format as it stands.
 * Numbers for people: csan__text_bytes "2.0 KiB", csan__text_duration "184 ms",
 * csan__text_count "1 block" / "32 blocks"; csan__text_read_* read what people write.
 * Thread- and signal-safe: no state. Needs nothing (the csan command links it too). */
#ifndef CSAN_BASE_TEXT_H
#define CSAN_BASE_TEXT_H

#include "base/base.h"
#include <stdarg.h>

struct text {
    char *buf;
    size_t len; /* without the NUL */
    size_t cap; /* with the NUL */
    bool cut;
};

#define TEXT(array)                                                                                \
    {                                                                                              \
        .buf = (array), .len = 0, .cap = sizeof(array), .cut = false                               \
    }

void csan__text_char(struct text *t, char c);
void csan__text_str(struct text *t, const char *s); /* NULL: "(null)" */
void csan__text_mem(struct text *t, const char *s, size_t n);
void csan__text_u64(struct text *t, uint64_t v);
void csan__text_hex(struct text *t, uint64_t v); /* without 0x */
void csan__text_format(struct text *t, const char *format, ...) CSAN_PRINTF(2, 3);
void csan__text_vformat(struct text *t, const char *format, va_list args) CSAN_PRINTF(2, 0);
/* The inside of a JSON string (its quotes are the caller's): escaped, and valid UTF-8 whatever s
 * holds: each maximal piece of a broken sequence becomes U+FFFD, as Unicode 15 section 3.9 says. */
void csan__text_json(struct text *t, const char *s, size_t n);

/* Bytes of the first character of s, which has n of them, at least one; negative: of what of a
 * broken one becomes U+FFFD. */
int csan__text_character(const char *s, size_t n);
/* The same without escapes: valid UTF-8 whatever s holds. */
void csan__text_utf8(struct text *t, const char *s, size_t n);

/* 0 B, 101 B, 2.0 KiB, 12 MiB: one decimal below 10 of a unit, rounded half up, never 1024 KiB. */
void csan__text_bytes(struct text *t, uint64_t bytes);
/* 250 ns, 1.5 us, 184 ms, 1 s, 2 min: one decimal below 10 of a unit unless it is 0. */
void csan__text_duration(struct text *t, uint64_t ns);
/* 9999, 12,345 */
void csan__text_number(struct text *t, uint64_t n);
/* 1 block, 32 blocks, 9999 blocks, 12,345 blocks: adds the plural's s. */
void csan__text_count(struct text *t, uint64_t n, const char *noun);

/* What people write, n bytes of it, all of them used: 0; -EINVAL: not that; -ERANGE: over
 * INT64_MAX. u64: decimal digits. bytes: B KiB MiB GiB K M G in any case, powers of 1024, bare
 * digits are bytes. duration, in ns: ns us ms s min, which only 0 may lack. A blank may stand
 * before the unit; 1.5s and 0.25MiB are read, rounded down (six decimals at most, and not of the
 * smallest unit). */
int csan__text_read_u64(const char *s, size_t n, uint64_t *out);
int csan__text_read_bytes(const char *s, size_t n, uint64_t *bytes);
int csan__text_read_duration(const char *s, size_t n, uint64_t *ns);

bool csan__text_equal(const char *a, const char *b);             /* NULL equals NULL alone */
bool csan__text_is_same(const char *a, const char *b, size_t n); /* but for capitals */
size_t csan__text_length(const char *s);                         /* NULL: 0 */

/* ASCII letters alone: no locale. */
static inline char csan__text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char csan__text_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

#endif
