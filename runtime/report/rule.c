#include "report/rule.h"

#include "base/nearest.h"

#include <errno.h>
#include <string.h>

struct span {
    const char *at;
    size_t n;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct span trim(struct span s)
{
    while (s.n > 0 && is_blank(s.at[0])) {
        s.at++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.at[s.n - 1]))
        s.n--;
    return s;
}

/* A # counts at the start of a line or behind a blank: `{lambda()#1}` is a name. */
static struct span without_comment(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i] == '#' && (i == 0 || is_blank(s.at[i - 1]))) {
            s.n = i;
            break;
        }
    return trim(s);
}

/* ------------------------------------------------------------------ the kind */

/* The nearest one, or all of them where none is near. */
static void suggest_kind(struct span name, struct text *out)
{
    struct nearest n = NEAREST(name.at, name.n);
    for (unsigned k = 0; k < FINDING_KINDS; k++)
        csan__nearest_try(&n, csan__finding_kind_name((enum finding_kind)k));
    if (csan__nearest_is_near(&n)) {
        csan__text_format(out, "; the nearest known one is \"%s\"", n.name);
        return;
    }
    for (unsigned k = 0; k < FINDING_KINDS; k++)
        csan__text_format(out, "%s%s", k == 0 ? "; known are " : ", ",
                          csan__finding_kind_name((enum finding_kind)k));
}

static int read_kind(struct span name, enum finding_kind *out, struct text *why)
{
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        const char *one = csan__finding_kind_name((enum finding_kind)k);
        if (strlen(one) == name.n && memcmp(one, name.at, name.n) == 0) {
            *out = (enum finding_kind)k;
            return 0;
        }
    }
    csan__text_format(why, "unknown kind \"%.*s\"", (int)(name.n < 40 ? name.n : 40), name.at);
    suggest_kind(name, why);
    return -EINVAL;
}

/* ------------------------------------------------------------------ the words behind */

static bool read_digits(struct span s, uint64_t *out)
{
    return csan__text_read_u64(s.at, s.n, out) == 0;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", days_from_civil, for years from 0 on). */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_date(struct span s, int64_t *days)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint64_t year, month, day;
    if (s.n != 10 || s.at[4] != '-' || s.at[7] != '-' ||
        !read_digits((struct span){s.at, 4}, &year) ||
        !read_digits((struct span){s.at + 5, 2}, &month) ||
        !read_digits((struct span){s.at + 8, 2}, &day) || month < 1 || month > 12 || year < 1)
        return false;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day < 1 || day > lengths[month - 1] + (month == 2 && is_leap ? 1u : 0u))
        return false;
    *days = days_of((int64_t)year, (int64_t)month, (int64_t)day);
    return true;
}

static struct span last_word(struct span s)
{
    size_t i = s.n;
    while (i > 0 && !is_blank(s.at[i - 1]))
        i--;
    return (struct span){s.at + i, s.n - i};
}

static bool begins_with(struct span s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && memcmp(s.at, prefix, n) == 0;
}

static int bad_word(struct span word, const char *expected, struct text *why)
{
    csan__text_format(why, "\"%.*s\": %s", (int)(word.n < 40 ? word.n : 40), word.at, expected);
    return -EINVAL;
}

/* Takes max= and until= off the end of the pattern: names of functions have blanks as well. */
static int read_words(struct span *pattern, struct rule *r, struct text *why)
{
    for (;;) {
        struct span word = last_word(*pattern);
        if (begins_with(word, "max=")) {
            if (r->max != RULE_NO_MAX)
                return bad_word(word, "max= is given twice", why);
            if (!read_digits((struct span){word.at + 4, word.n - 4}, &r->max))
                return bad_word(word, "max= needs a number, such as max=3", why);
        } else if (begins_with(word, "until=")) {
            if (r->until_day != RULE_NO_DAY)
                return bad_word(word, "until= is given twice", why);
            if (!read_date((struct span){word.at + 6, word.n - 6}, &r->until_day))
                return bad_word(word, "until= needs a date, such as until=2030-12-31", why);
        } else {
            return 0;
        }
        *pattern = trim((struct span){pattern->at, pattern->n - word.n});
    }
}

int csan__rule_read(const char *line, size_t length, struct rule *out, struct text *why)
{
    struct rule r = {.max = RULE_NO_MAX, .until_day = RULE_NO_DAY};
    struct span s = without_comment((struct span){line, length});
    if (memchr(line, '\0', length)) {
        csan__text_str(why, "this is no plain text (it holds a NUL byte; UTF-16?)");
        return -EINVAL;
    }
    if (s.n == 0)
        return 0;
    if (s.n > UINT32_MAX) {
        csan__text_str(why, "this line is too long");
        return -EINVAL;
    }
    const char *colon = memchr(s.at, ':', s.n);
    if (!colon) {
        csan__text_format(why, "\"%.*s\" is no KIND:PATTERN, such as leak:my_function",
                          (int)(s.n < 40 ? s.n : 40), s.at);
        return -EINVAL;
    }
    struct span kind = trim((struct span){s.at, (size_t)(colon - s.at)});
    struct span pattern = trim((struct span){colon + 1, (size_t)(s.at + s.n - colon - 1)});
    r.text = s.at;
    r.length = (uint32_t)s.n;
    int error = read_kind(kind, &r.kind, why);
    if (!error)
        error = read_words(&pattern, &r, why);
    if (error)
        return error;
    r.glob = csan__glob_read(pattern.at, pattern.n);
    *out = r;
    return 1;
}
