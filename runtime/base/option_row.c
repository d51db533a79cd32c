#include "base/option_row.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------ the table */

#define FIELD(name_) .name = #name_, .field = offsetof(struct options, name_)
const struct row csan__row_all[ROWS] = {
#define OPTION_SIZE(n, preset_, words_, sentence_)                                                 \
    {FIELD(n), .kind = KIND_SIZE, .preset = preset_, .words = words_, .sentence = sentence_},
#define OPTION_DURATION(n, preset_, words_, sentence_)                                             \
    {FIELD(n), .kind = KIND_DURATION, .preset = preset_, .words = words_, .sentence = sentence_},
#define OPTION_NUMBER(n, preset_, words_, lo_, hi_, sentence_)                                     \
    {FIELD(n),  .kind = KIND_NUMBER, .preset = preset_,    .words = words_,                        \
     .lo = lo_, .hi = hi_,           .sentence = sentence_},
#define OPTION_SWITCH(n, preset_, sentence_)                                                       \
    {FIELD(n), .kind = KIND_SWITCH, .preset = preset_, .words = "", .sentence = sentence_},
#define OPTION_CHOICE(n, preset_, words_, sentence_)                                               \
    {FIELD(n), .kind = KIND_CHOICE, .preset = preset_, .words = words_, .sentence = sentence_},
#define OPTION_CHOICES(n, preset_, words_, sentence_)                                              \
    {FIELD(n), .kind = KIND_CHOICES, .preset = preset_, .words = words_, .sentence = sentence_},
#define OPTION_STRING(n, preset_, words_, sentence_)                                               \
    {FIELD(n), .kind = KIND_STRING, .preset = preset_, .words = words_, .sentence = sentence_},
#include "base/options.inc"
    /* Read like the others, and shown nowhere. */
    {FIELD(help), .kind = KIND_SWITCH, .preset = "off", .words = ""},
};

/* ------------------------------------------------------------------ words */

static bool is_word(const char *word, const char *s, size_t n)
{
    return strlen(word) == n && csan__text_is_same(word, s, n);
}

bool csan__row_next_word(const char **list, struct word *out)
{
    const char *at = *list;
    while (*at == ' ')
        at++;
    out->at = at;
    while (*at != '\0' && *at != ' ')
        at++;
    out->length = (size_t)(at - out->at);
    *list = at;
    return out->length > 0;
}

/* Place of s in the list of choices, or -1. */
static int choice_named(const char *list, const char *s, size_t n)
{
    struct word w;
    for (int i = 0; csan__row_next_word(&list, &w); i++)
        if (w.length == n && csan__text_is_same(w.at, s, n))
            return i;
    return -1;
}

void csan__row_add_list(struct text *t, const char *first, const char *list)
{
    struct word w;
    bool more = csan__row_next_word(&list, &w);
    if (first != NULL)
        csan__text_str(t, first);
    bool begun = first != NULL;
    while (more) {
        struct word now = w;
        more = csan__row_next_word(&list, &w);
        if (begun)
            csan__text_str(t, more ? ", " : " or ");
        csan__text_mem(t, now.at, now.length);
        begun = true;
    }
}

void csan__row_add_range(struct text *t, const struct row *r)
{
    csan__text_u64(t, r->lo);
    csan__text_str(t, " to ");
    csan__text_u64(t, r->hi);
}

/* ------------------------------------------------------------------ values */

static int read_switch(const char *s, size_t n, uint64_t *out)
{
    static const char *const on[] = {"on", "1", "yes", "true"};
    static const char *const off[] = {"off", "0", "no", "false"};
    for (size_t i = 0; i < CSAN_COUNT(on); i++) {
        bool is_on = is_word(on[i], s, n);
        if (is_on || is_word(off[i], s, n)) {
            *out = is_on;
            return 0;
        }
    }
    return -EINVAL;
}

static int read_choices(const char *list, const char *s, size_t n, uint64_t *out)
{
    uint64_t bits = 0;
    for (size_t from = 0, to; from <= n; from = to + 1) {
        for (to = from; to < n && s[to] != ',';)
            to++;
        int place = choice_named(list, s + from, to - from);
        if (place < 0)
            return -EINVAL;
        bits |= 1ull << place;
    }
    *out = bits;
    return 0;
}

/* off and auto, where the row has them. */
static bool read_special(const struct row *r, const char *s, size_t n, uint64_t *out)
{
    bool is_off = is_word("off", s, n);
    if (!is_off && !is_word("auto", s, n))
        return false;
    if (choice_named(r->words, is_off ? "off" : "auto", n) < 0)
        return false;
    *out = is_off ? OPTION_OFF : OPTION_AUTO;
    return true;
}

int csan__row_read(const struct row *r, const char *s, size_t n, uint64_t *out)
{
    int result = 0;
    switch (r->kind) {
    case KIND_SIZE:
        return read_special(r, s, n, out) ? 0 : csan__text_read_bytes(s, n, out);
    case KIND_DURATION:
        return read_special(r, s, n, out) ? 0 : csan__text_read_duration(s, n, out);
    case KIND_NUMBER:
        if (read_special(r, s, n, out))
            return 0;
        result = csan__text_read_u64(s, n, out);
        return result == 0 && (*out < r->lo || *out > r->hi) ? -ERANGE : result;
    case KIND_SWITCH:
        return read_switch(s, n, out);
    case KIND_CHOICE: {
        int place = choice_named(r->words, s, n);
        *out = (uint64_t)place;
        return place < 0 ? -EINVAL : 0;
    }
    case KIND_CHOICES:
        return read_choices(r->words, s, n, out);
    case KIND_STRING:
        break;
    }
    *out = 0;
    return 0;
}
