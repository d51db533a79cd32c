#include "report/advice.h"
#include "base/options.h"
#include "report/origin.h"

#include <string.h>

/* ------------------------------------------------------------------ mending */

static const char *const attempts[] = {
    [FINDING_LEAK] =
        "free it before the last pointer to it goes, or csan_ignore(p) if it is meant to live",
    [FINDING_GROWTH] =
        "bound what it adds to (evict, trim or clear it each round), or fill it before the rounds",
    [FINDING_BAD_FREE] =
        "free each block once, the way it was made: malloc/free, new/delete, new[]/delete[]",
    [FINDING_THREAD] =
        "tell it to stop and pthread_join() it before the test ends, or detach it when it starts",
    [FINDING_BLOCKED] = "see who should wake them: give back on every path, or let more of them in",
    [FINDING_DEADLOCK] =
        "take these locks in one order everywhere, or give the first back before the second",
    [FINDING_LOCK_ORDER] =
        "choose one order for the two and keep to it, or take one gate lock before either",
    [FINDING_LOCK_MISUSE] =
        "unlock once on every path, by the thread that locked; destroy or free it only unheld",
    [FINDING_WAIT] =
        "do less under the lock (no I/O, no sleep), split it, or let readers share it (rwlock)",
    [FINDING_HOLD] = "take what you need under the lock, give it back, then do the slow work",
    [FINDING_ESCAPE] =
        "copy the bytes, not the pointer, or csan_expected_ref() if it is meant to stay",
    [FINDING_UNRELEASED] =
        "give each share and loan back exactly once, on every path, errors included",
    [FINDING_MUTATION] =
        "change a copy; the owner may change it between csan_writable() and csan_sealed()",
    [FINDING_POOL] =
        "give back what was lent, once, at its own size and reset; drop what grew too large",
};
_Static_assert(CSAN_COUNT(attempts) == FINDING_KINDS, "every kind has its advice");

const char *csan__advice_try(const struct finding *f)
{
    return f->attempt ? f->attempt : attempts[f->kind];
}

/* ------------------------------------------------------------------ raising the limit */

struct scale {
    uint64_t factor;
    const char *unit;
};

static const struct scale bytes_scale[] = {
    {1ull << 30, "GiB"}, {1ull << 20, "MiB"}, {1ull << 10, "KiB"}, {1, "B"}};
static const struct scale time_scale[] = {
    {1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
static const struct scale number_scale[] = {{1, ""}};

/* Rounded up, to the largest unit in which that adds a tenth at most. */
static void put_at_least(struct text *out, uint64_t v, const struct scale *scale)
{
    for (;; scale++) {
        uint64_t up = v / scale->factor + (v % scale->factor != 0);
        if (scale->factor > 1 && (up == 0 || up * scale->factor - v > v / 10))
            continue;
        csan__text_u64(out, up);
        csan__text_str(out, v == 0 ? "" : scale->unit);
        return;
    }
}

struct limit {
    const char *option;
    const struct scale *scale;
    bool counts_all; /* one limit for all findings together */
};

static const struct limit limits[] = {
    {"max_leak", bytes_scale, true},     {"max_growth", bytes_scale, false},
    {"max_threads", number_scale, true}, {"max_blocked", number_scale, false},
    {"max_escapes", number_scale, true}, {"max_wait", time_scale, false},
    {"max_wait_p99", time_scale, false}, {"max_wait_total", time_scale, false},
    {"max_hold", time_scale, false},
};

static uint64_t sum_of(const struct report *r, const char *option)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct finding *f = r->shown[i].finding;
        if (f->option && strcmp(f->option, option) == 0 &&
            __builtin_add_overflow(sum, f->amount, &sum))
            return UINT64_MAX;
    }
    return sum;
}

static const struct scale *scale_of(const struct finding *f)
{
    for (size_t i = 0; f->option && i < CSAN_COUNT(limits); i++)
        if (strcmp(limits[i].option, f->option) == 0)
            return limits[i].scale;
    return number_scale;
}

const char *csan__advice_unit(const struct finding *f)
{
    const struct scale *scale = scale_of(f);
    return scale == bytes_scale ? "bytes" : scale == time_scale ? "ns" : "number";
}

bool csan__advice_limit(const struct finding *f, const char *set, uint64_t *value)
{
    const struct scale *scale = scale_of(f);
    size_t n = strlen(set);
    if (scale == bytes_scale)
        return csan__text_read_bytes(set, n, value) == 0;
    if (scale == time_scale)
        return csan__text_read_duration(set, n, value) == 0;
    return csan__text_read_u64(set, n, value) == 0;
}

/* What has no measure (deadlock, hang_after) can only be switched off. */
void csan__advice_setting(const struct report *r, const struct finding *f, struct text *out)
{
    if (!f->option)
        return;
    csan__text_str(out, "CSAN_");
    for (const char *c = f->option; *c; c++)
        csan__text_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
    csan__text_char(out, '=');
    for (size_t i = 0; i < CSAN_COUNT(limits); i++) {
        if (strcmp(limits[i].option, f->option) != 0)
            continue;
        uint64_t amount = limits[i].counts_all ? sum_of(r, f->option) : f->amount;
        if (amount > INT64_MAX) /* no such number can be set */
            break;
        put_at_least(out, amount, limits[i].scale);
        return;
    }
    csan__text_str(out, "off");
}

/* ------------------------------------------------------------------ suppressing it */

/* A pattern matches anywhere: parameters can go, from the parenthesis that the last one closes. */
static size_t length_without_parameters(const char *name)
{
    size_t n = strlen(name), depth = 0, i = n;
    while (i > 0 && name[i - 1] != ')')
        i--;
    for (; i > 0; i--) {
        depth += name[i - 1] == ')';
        depth -= name[i - 1] == '(';
        if (depth == 0)
            break;
    }
    if (i <= 1)
        return n;
    size_t kept = i - 1;
    bool is_name = kept >= 8 && memcmp(name + kept - 8, "operator", 8) == 0;
    return is_name ? n : kept;
}

void csan__advice_suppression(const struct shown *s, struct text *out)
{
    if (s->trace.count == 0)
        return;
    const struct frame *f = &s->trace.frames[s->trace.place];
    const char *name = f->function;
    size_t n = length_without_parameters(name);
    if (strcmp(name, "??") == 0) {
        name = csan__origin_base(f->file[0] ? f->file : f->module);
        n = strlen(name);
    }
    if (n == 0)
        return;
    csan__text_format(out, "%s:%.*s", csan__finding_kind_name(s->finding->kind), (int)n, name);
    if (name[n - 1] == '$') /* no anchor */
        csan__text_char(out, '*');
}
