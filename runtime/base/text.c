#include "base/text.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------ plain text */

static size_t room(const struct text *t)
{
    return t->cap > t->len ? t->cap - t->len - 1 : 0;
}

static void end(struct text *t)
{
    if (t->len < t->cap)
        t->buf[t->len] = '\0';
}

/* All of it or nothing: for escapes, which mean something else when halved. */
static void add_whole(struct text *t, const char *s, size_t n)
{
    if (t->cut || n > room(t)) {
        t->cut = true;
        end(t);
        return;
    }
    memcpy(t->buf + t->len, s, n);
    t->len += n;
    end(t);
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

void csan__text_mem(struct text *t, const char *s, size_t n)
{
    if (t->cut || n <= room(t)) {
        add_whole(t, s, n);
        return;
    }
    size_t fits = room(t);
    for (size_t back = 0; back < 3 && fits > 0 && is_continuation(s[fits]); back++)
        fits--;
    add_whole(t, s, fits);
    t->cut = true;
}

void csan__text_char(struct text *t, char c)
{
    add_whole(t, &c, 1);
}

void csan__text_str(struct text *t, const char *s)
{
    if (s == NULL)
        s = "(null)";
    csan__text_mem(t, s, strlen(s));
}

#define U64_DIGITS 20

/* Decimal digits of v at the end of `room`, two at a time; returns where they begin. */
static char *digits(uint64_t v, char room_[static U64_DIGITS])
{
    static const char pairs[] = "00010203040506070809"
                                "10111213141516171819"
                                "20212223242526272829"
                                "30313233343536373839"
                                "40414243444546474849"
                                "50515253545556575859"
                                "60616263646566676869"
                                "70717273747576777879"
                                "80818283848586878889"
                                "90919293949596979899";
    char *at = room_ + U64_DIGITS;
    while (v >= 100) {
        at -= 2;
        memcpy(at, pairs + v % 100 * 2, 2);
        v /= 100;
    }
    if (v >= 10) {
        at -= 2;
        memcpy(at, pairs + v * 2, 2);
    } else {
        *--at = (char)('0' + v);
    }
    return at;
}

void csan__text_u64(struct text *t, uint64_t v)
{
    char space[U64_DIGITS];
    char *first = digits(v, space);
    csan__text_mem(t, first, (size_t)(space + U64_DIGITS - first));
}

void csan__text_hex(struct text *t, uint64_t v)
{
    char space[16];
    char *at = space + sizeof(space);
    do {
        *--at = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v != 0);
    csan__text_mem(t, at, (size_t)(space + sizeof(space) - at));
}

/* ------------------------------------------------------------------ formats */

static void add_signed(struct text *t, int64_t v)
{
    if (v < 0)
        csan__text_char(t, '-');
    csan__text_u64(t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void add_bounded(struct text *t, int n, const char *s)
{
    if (n < 0 || s == NULL) {
        csan__text_str(t, s);
        return;
    }
    /* Not strlen: s need not end within its n bytes. */
    size_t length = 0;
    while (length < (size_t)n && s[length] != '\0')
        length++;
    csan__text_mem(t, s, length);
}

/* va_list as a parameter cannot be passed on by address portably; a struct can. */
struct arguments {
    va_list list;
};

static bool add_integer(struct text *t, char modifier, char conversion, struct arguments *from)
{
    bool wide = modifier != 0; /* long and size_t are both 64 bits here */
    if (conversion == 'd') {
        add_signed(t, wide ? va_arg(from->list, long) : va_arg(from->list, int));
        return true;
    }
    if (conversion != 'u' && conversion != 'x')
        return false;
    uint64_t v = wide ? va_arg(from->list, unsigned long) : va_arg(from->list, unsigned);
    if (conversion == 'u')
        csan__text_u64(t, v);
    else
        csan__text_hex(t, v);
    return true;
}

/* One conversion, `at` behind its %; returns what follows it, or NULL: not known. */
static const char *add_conversion(struct text *t, const char *at, struct arguments *from)
{
    if (at[0] == '.' && at[1] == '*' && at[2] == 's') {
        int n = va_arg(from->list, int);
        add_bounded(t, n, va_arg(from->list, const char *));
        return at + 3;
    }
    switch (*at) {
    case '%':
        csan__text_char(t, '%');
        return at + 1;
    case 'c':
        csan__text_char(t, (char)va_arg(from->list, int));
        return at + 1;
    case 's':
        csan__text_str(t, va_arg(from->list, const char *));
        return at + 1;
    case 'p':
        csan__text_str(t, "0x");
        csan__text_hex(t, (uintptr_t)va_arg(from->list, void *));
        return at + 1;
    default:
        break;
    }
    char modifier = *at == 'l' || *at == 'z' ? *at++ : 0;
    return add_integer(t, modifier, *at, from) ? at + 1 : NULL;
}

_Static_assert(sizeof(long) == 8 && sizeof(size_t) == 8, "%ld and %zu are read as 64 bits");

void csan__text_vformat(struct text *t, const char *format, va_list args)
{
    struct arguments from;
    va_copy(from.list, args);
    csan__text_mem(t, "", 0); /* an empty format ends the buffer as well */
    while (*format != '\0') {
        const char *percent = format;
        while (*percent != '\0' && *percent != '%')
            percent++;
        csan__text_mem(t, format, (size_t)(percent - format));
        if (*percent == '\0')
            break;
        format = add_conversion(t, percent + 1, &from);
        if (format == NULL) {
            csan__text_str(t, percent);
            break;
        }
    }
    va_end(from.list);
}

void csan__text_format(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    csan__text_vformat(t, format, args);
    va_end(args);
}

/* ------------------------------------------------------------------ JSON */

/* Length of the well-formed UTF-8 character at s, or minus the length of the broken piece: Unicode
 * 15, table 3-7, and "substitution of maximal subparts". n > 0. */
int csan__text_character(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    unsigned char lead = s[0], lo = 0x80, hi = 0xbf;
    int want;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        want = 2;
    else if (lead >= 0xe0 && lead <= 0xef)
        want = 3;
    else if (lead >= 0xf0 && lead <= 0xf4)
        want = 4;
    else
        return -1;
    if (lead == 0xe0)
        lo = 0xa0; /* overlong */
    else if (lead == 0xed)
        hi = 0x9f; /* surrogates */
    else if (lead == 0xf0)
        lo = 0x90; /* overlong */
    else if (lead == 0xf4)
        hi = 0x8f; /* above U+10FFFF */
    for (int i = 1; i < want; i++) {
        if ((size_t)i >= n || s[i] < lo || s[i] > hi)
            return -i;
        lo = 0x80;
        hi = 0xbf;
    }
    return want;
}

static void add_escaped(struct text *t, unsigned char c)
{
    static const char letters[] = "btn?fr"; /* of 0x08 to 0x0d; 0x0b has none */
    char escape[6] = {'\\', 'u', '0', '0', (char)('0' + (c >> 4)), "0123456789abcdef"[c & 15]};
    if (c == '"' || c == '\\')
        escape[1] = (char)c;
    else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
        escape[1] = letters[c - 0x08];
    add_whole(t, escape, escape[1] == 'u' ? 6 : 2);
}

void csan__text_json(struct text *t, const char *s, size_t n)
{
    const unsigned char *at = (const unsigned char *)s;
    csan__text_mem(t, "", 0);
    while (n > 0) {
        int length = csan__text_character((const char *)at, n);
        size_t used = (size_t)(length < 0 ? -length : length);
        if (length < 0)
            add_whole(t, "\xef\xbf\xbd", 3);
        else if (*at < 0x20 || *at == '"' || *at == '\\')
            add_escaped(t, *at);
        else
            add_whole(t, (const char *)at, used);
        at += used;
        n -= used;
    }
}

void csan__text_utf8(struct text *t, const char *s, size_t n)
{
    const unsigned char *at = (const unsigned char *)s;
    csan__text_mem(t, "", 0);
    while (n > 0) {
        int length = csan__text_character((const char *)at, n);
        size_t used = (size_t)(length < 0 ? -length : length);
        add_whole(t, length < 0 ? "\xef\xbf\xbd" : (const char *)at, length < 0 ? 3 : used);
        at += used;
        n -= used;
    }
}

/* ------------------------------------------------------------------ numbers for people */

struct unit {
    const char *name;
    uint64_t factor;
};

/* Digits as they are up to 9999, in threes from there on. */
void csan__text_number(struct text *t, uint64_t v)
{
    char space[U64_DIGITS];
    char *first = digits(v, space);
    size_t left = (size_t)(space + U64_DIGITS - first);
    if (v <= 9999) {
        csan__text_mem(t, first, left);
        return;
    }
    while (left > 0) {
        size_t group = left % 3 == 0 ? 3 : left % 3;
        csan__text_mem(t, first, group);
        first += group;
        left -= group;
        if (left > 0)
            csan__text_char(t, ',');
    }
}

/* v in the first unit in which it rounds to less than one of the next. units[0].factor is 1. */
static void add_scaled(struct text *t, uint64_t v, const struct unit *units, size_t count,
                       bool keep_zero)
{
    size_t i = 0;
    for (;; i++) {
        uint64_t factor = units[i].factor, whole = v / factor, rest = v % factor;
        uint64_t rounded = whole + (rest >= factor - rest && rest > 0);
        bool is_last = i + 1 == count;
        if (!is_last && rounded >= units[i + 1].factor / factor)
            continue;
        /* No overflow: factors are below 2^61. */
        uint64_t tenths = whole < 10 ? whole * 10 + (rest * 10 + factor / 2) / factor : 100;
        csan__text_number(t, tenths < 100 ? tenths / 10 : rounded);
        if (i > 0 && tenths < 100 && (keep_zero || tenths % 10 != 0)) {
            csan__text_char(t, '.');
            csan__text_char(t, (char)('0' + tenths % 10));
        }
        break;
    }
    csan__text_char(t, ' ');
    csan__text_str(t, units[i].name);
}

void csan__text_bytes(struct text *t, uint64_t bytes)
{
    static const struct unit units[] = {
        {"B", 1},
        {"KiB", 1ull << 10},
        {"MiB", 1ull << 20},
        {"GiB", 1ull << 30},
        {"TiB", 1ull << 40},
        {"PiB", 1ull << 50},
        {"EiB", 1ull << 60},
    };
    add_scaled(t, bytes, units, CSAN_COUNT(units), true);
}

static const struct unit duration_units[] = {
    {"ns", 1},
    {"us", 1000},
    {"ms", 1000 * 1000},
    {"s", 1000 * 1000 * 1000},
    {"min", 60ull * 1000 * 1000 * 1000},
};

void csan__text_duration(struct text *t, uint64_t ns)
{
    add_scaled(t, ns, duration_units, CSAN_COUNT(duration_units), false);
}

void csan__text_count(struct text *t, uint64_t n, const char *noun)
{
    csan__text_number(t, n);
    csan__text_char(t, ' ');
    csan__text_str(t, noun);
    if (n != 1)
        csan__text_char(t, 's');
}

/* ------------------------------------------------------------------ what people write */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at the front of s; returns how many. Stays at UINT64_MAX where they say more. */
static size_t read_digits(const char *s, size_t n, uint64_t *out)
{
    size_t i = 0;
    uint64_t v = 0;
    for (; i < n && is_digit(s[i]); i++) {
        if (__builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s[i] - '0'), &v)) {
            v = UINT64_MAX;
            break;
        }
    }
    while (i < n && is_digit(s[i]))
        i++;
    *out = v;
    return i;
}

int csan__text_read_u64(const char *s, size_t n, uint64_t *out)
{
    uint64_t v;
    if (n == 0 || read_digits(s, n, &v) != n)
        return -EINVAL;
    if (v > INT64_MAX)
        return -ERANGE;
    *out = v;
    return 0;
}

struct units {
    const struct unit *list;
    size_t count;
    bool any_case;
    uint64_t bare; /* factor of a number without a unit; 0: only 0 may lack one */
};

/* 0: no such unit. */
static uint64_t factor_named(const char *s, size_t n, const struct units *units)
{
    for (size_t u = 0; u < units->count; u++) {
        const char *name = units->list[u].name;
        size_t i = 0;
        while (i < n && name[i] != '\0' &&
               (s[i] == name[i] ||
                (units->any_case && csan__text_lower(s[i]) == csan__text_lower(name[i]))))
            i++;
        if (i == n && name[i] == '\0')
            return units->list[u].factor;
    }
    return 0;
}

#define FRACTION_DIGITS 6 /* of a minute in ns: still below 2^64 */

static int read_scaled(const char *s, size_t n, const struct units *units, uint64_t *out)
{
    uint64_t whole, fraction = 0, scale = 1, factor;
    size_t at = read_digits(s, n, &whole);
    bool has_point = at > 0 && at < n && s[at] == '.';
    if (at == 0)
        return -EINVAL;
    if (has_point) {
        size_t decimals = read_digits(s + at + 1, n - at - 1, &fraction);
        if (decimals == 0 || decimals > FRACTION_DIGITS)
            return -EINVAL;
        at += 1 + decimals;
        for (size_t i = 0; i < decimals; i++)
            scale *= 10;
    }
    size_t number_end = at;
    while (at < n && s[at] == ' ')
        at++;
    if (number_end == n)
        factor = whole == 0 && !has_point ? 1 : units->bare;
    else
        factor = factor_named(s + at, n - at, units);
    if (factor == 0 || (has_point && factor == 1))
        return -EINVAL;
    uint64_t v;
    if (__builtin_mul_overflow(whole, factor, &v) ||
        __builtin_add_overflow(v, fraction * factor / scale, &v) || v > INT64_MAX)
        return -ERANGE;
    *out = v;
    return 0;
}

int csan__text_read_bytes(const char *s, size_t n, uint64_t *bytes)
{
    static const struct unit list[] = {
        {"B", 1},       {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
        {"K", 1 << 10}, {"M", 1 << 20},   {"G", 1 << 30},
    };
    const struct units units = {list, CSAN_COUNT(list), true, 1};
    return read_scaled(s, n, &units, bytes);
}

int csan__text_read_duration(const char *s, size_t n, uint64_t *ns)
{
    const struct units units = {duration_units, CSAN_COUNT(duration_units), false, 0};
    return read_scaled(s, n, &units, ns);
}

/* ------------------------------------------------------------------ strings */

bool csan__text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool csan__text_is_same(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    while (i < n && csan__text_lower(a[i]) == csan__text_lower(b[i]))
        i++;
    return i == n;
}

size_t csan__text_length(const char *s)
{
    return s == NULL ? 0 : strlen(s);
}
