#include "base/options.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------ the table */

enum kind {
    KIND_SIZE,
    KIND_DURATION,
    KIND_NUMBER,
    KIND_SWITCH,
    KIND_CHOICE,
    KIND_CHOICES,
    KIND_STRING
};
enum { BUILT = false, PENDING = true };

struct row {
    const char *name;
    const char *preset;
    const char *words; /* see options.inc: words, choices, what */
    const char *sentence;
    uint64_t lo, hi; /* of a number */
    size_t field;
    enum kind kind;
    bool pending;
};

#define FIELD(name_) .name = #name_, .field = offsetof(struct options, name_)
static const struct row rows[] = {
#define OPTION_SIZE(n, preset_, words_, state_, sentence_)                                         \
    {FIELD(n),        .kind = KIND_SIZE, .preset = preset_,                                        \
     .words = words_, .pending = state_, .sentence = sentence_},
#define OPTION_DURATION(n, preset_, words_, state_, sentence_)                                     \
    {FIELD(n),        .kind = KIND_DURATION, .preset = preset_,                                    \
     .words = words_, .pending = state_,     .sentence = sentence_},
#define OPTION_NUMBER(n, preset_, words_, lo_, hi_, state_, sentence_)                             \
    {FIELD(n),  .kind = KIND_NUMBER, .preset = preset_, .words = words_,                           \
     .lo = lo_, .hi = hi_,           .pending = state_, .sentence = sentence_},
#define OPTION_SWITCH(n, preset_, state_, sentence_)                                               \
    {FIELD(n),    .kind = KIND_SWITCH, .preset = preset_,                                          \
     .words = "", .pending = state_,   .sentence = sentence_},
#define OPTION_CHOICE(n, preset_, words_, state_, sentence_)                                       \
    {FIELD(n),        .kind = KIND_CHOICE, .preset = preset_,                                      \
     .words = words_, .pending = state_,   .sentence = sentence_},
#define OPTION_CHOICES(n, preset_, words_, state_, sentence_)                                      \
    {FIELD(n),        .kind = KIND_CHOICES, .preset = preset_,                                     \
     .words = words_, .pending = state_,    .sentence = sentence_},
#define OPTION_STRING(n, preset_, words_, state_, sentence_)                                       \
    {FIELD(n),        .kind = KIND_STRING, .preset = preset_,                                      \
     .words = words_, .pending = state_,   .sentence = sentence_},
#include "base/options.inc"
    /* Read like the others, and shown nowhere. */
    {FIELD(help), .kind = KIND_SWITCH, .preset = "off", .words = ""},
};

#define ROWS CSAN_COUNT(rows)
#define ROWS_SHOWN (ROWS - 1)

/* ------------------------------------------------------------------ state */

enum source { SOURCE_NONE, SOURCE_PROGRAM, SOURCE_LIST, SOURCE_VARIABLE };

#define STORE_BYTES ((size_t)32 << 10)

struct options csan__options;

/* Like csan__options: written by csan__options_read alone, while there is one thread. */
static struct {
    const char *set[ROWS]; /* as the user wrote it; NULL: the preset is in force */
    enum source source[ROWS];
    size_t stored;
    char store[STORE_BYTES]; /* copies of what is set: the environment may change later */
} state;

static const char *keep(const char *s, size_t n)
{
    if (n >= STORE_BYTES - state.stored)
        return NULL;
    char *copy = state.store + state.stored;
    memcpy(copy, s, n);
    copy[n] = '\0';
    state.stored += n + 1;
    return copy;
}

/* ------------------------------------------------------------------ words */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Capitals and small letters are the same. */
static bool is_same(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    while (i < n && lower(a[i]) == lower(b[i]))
        i++;
    return i == n;
}

static bool is_word(const char *word, const char *s, size_t n)
{
    return strlen(word) == n && is_same(word, s, n);
}

/* What follows prefix in s; NULL: s does not begin with it. */
static const char *after(const char *s, const char *prefix)
{
    while (*prefix != '\0' && *s == *prefix) {
        s++;
        prefix++;
    }
    return *prefix == '\0' ? s : NULL;
}

/* One word of a row's list, which are parted by blanks. */
struct word {
    const char *at;
    size_t length;
    bool pending; /* it had a ~ before it */
};

/* The first word of *list, which then begins behind it; false: there is none. */
static bool next_word(const char **list, struct word *out)
{
    const char *at = *list;
    while (*at == ' ')
        at++;
    out->pending = *at == '~';
    at += out->pending;
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
    for (int i = 0; next_word(&list, &w); i++)
        if (w.length == n && is_same(w.at, s, n))
            return i;
    return -1;
}

static uint32_t pending_choices(const struct row *r)
{
    if (r->kind != KIND_CHOICES)
        return 0;
    const char *list = r->words;
    struct word w;
    uint32_t bits = 0;
    for (uint32_t bit = 1; next_word(&list, &w); bit <<= 1)
        if (w.pending)
            bits |= bit;
    return bits;
}

/* "a, b": those choices of the list that are pending, or those that are not. */
static void add_choices(struct text *t, const char *list, bool pending)
{
    const char *between = "";
    struct word w;
    while (next_word(&list, &w)) {
        if (w.pending != pending)
            continue;
        csan__text_str(t, between);
        csan__text_mem(t, w.at, w.length);
        between = ", ";
    }
}

/* "first, a, b or c"; first may be NULL. */
static void add_list(struct text *t, const char *first, const char *list)
{
    struct word w;
    bool more = next_word(&list, &w);
    if (first != NULL)
        csan__text_str(t, first);
    bool begun = first != NULL;
    while (more) {
        struct word now = w;
        more = next_word(&list, &w);
        if (begun)
            csan__text_str(t, more ? ", " : " or ");
        csan__text_mem(t, now.at, now.length);
        begun = true;
    }
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

/* 0, -EINVAL: not of the row's kind, -ERANGE: too large or outside lo to hi. */
static int read_value(const struct row *r, const char *s, size_t n, uint64_t *out)
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

static void *field_of(const struct row *r)
{
    return (char *)&csan__options + r->field;
}

static void put(const struct row *r, uint64_t value, const char *text)
{
    bool is_on = value != 0;
    uint32_t narrow = (uint32_t)value;
    switch (r->kind) {
    case KIND_SIZE:
    case KIND_DURATION:
    case KIND_NUMBER:
        memcpy(field_of(r), &value, sizeof(value));
        break;
    case KIND_SWITCH:
        memcpy(field_of(r), &is_on, sizeof(is_on));
        break;
    case KIND_CHOICE:
    case KIND_CHOICES:
        memcpy(field_of(r), &narrow, sizeof(narrow));
        break;
    case KIND_STRING:
        text = *text == '\0' ? NULL : text;
        memcpy(field_of(r), &text, sizeof(text));
        break;
    }
}

/* Every preset is readable: a unit test proves it. */
static void put_presets(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *r = &rows[i];
        uint64_t value = 0;
        (void)read_value(r, r->preset, strlen(r->preset), &value);
        put(r, value, r->preset);
        state.set[i] = NULL;
        state.source[i] = SOURCE_NONE;
    }
}

/* ------------------------------------------------------------------ what is wrong with it */

/* One name=value of a source; a variable's name is without CSAN_. */
struct item {
    enum source source;
    const char *name, *value;
    size_t name_bytes, value_bytes;
};

#define SHOWN_BYTES 80 /* of a name or a value in a message: the rest of it is to be seen */

/* On one line, and at most so many bytes of it. */
static void add_shown(struct text *t, const char *s, size_t n, size_t most)
{
    bool is_long = n > most;
    if (is_long)
        for (n = most; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80;)
            n--;
    for (size_t i = 0; i < n; i++)
        csan__text_char(t, (unsigned char)s[i] < ' ' || s[i] == 0x7f ? '?' : s[i]);
    if (is_long)
        csan__text_str(t, "...");
}

static void add_item(struct text *t, const struct item *it)
{
    static const char *const before[] = {
        [SOURCE_PROGRAM] = "csan_default_options(): ",
        [SOURCE_LIST] = "CSAN_OPTIONS: ",
        [SOURCE_VARIABLE] = "CSAN_",
    };
    csan__text_str(t, before[it->source]);
    add_shown(t, it->name, it->name_bytes, SHOWN_BYTES);
    if (it->value != NULL) {
        csan__text_char(t, '=');
        add_shown(t, it->value, it->value_bytes, SHOWN_BYTES);
    }
    csan__text_str(t, ": ");
}

static void add_range(struct text *t, const struct row *r)
{
    csan__text_u64(t, r->lo);
    csan__text_str(t, " to ");
    csan__text_u64(t, r->hi);
}

/* "write a number with B, KiB, MiB or GiB, or off" */
static void add_advice(struct text *t, const struct row *r)
{
    csan__text_str(t, "write ");
    switch (r->kind) {
    case KIND_SIZE:
        csan__text_str(t, "a number with B, KiB, MiB or GiB");
        break;
    case KIND_DURATION:
        csan__text_str(t, "a number with ns, us, ms, s or min");
        break;
    case KIND_NUMBER:
        csan__text_str(t, r->hi == INT64_MAX ? "a number" : "a number from ");
        if (r->hi != INT64_MAX)
            add_range(t, r);
        break;
    case KIND_SWITCH:
        csan__text_str(t, "on or off");
        return;
    case KIND_CHOICE:
    case KIND_CHOICES:
        add_list(t, NULL, r->words);
        csan__text_str(t, r->kind == KIND_CHOICES ? ", several with commas" : "");
        return;
    case KIND_STRING:
        return;
    }
    csan__text_str(t, *r->words == '\0' ? "" : ", or ");
    add_list(t, NULL, r->words);
}

static int blame_value(struct text *why, const struct item *it, const struct row *r, int result)
{
    static const char *const nouns[] = {
        [KIND_SIZE] = "not a size: ",
        [KIND_DURATION] = "not a duration: ",
        [KIND_NUMBER] = "not a number: ",
        [KIND_SWITCH] = "not a switch: ",
        [KIND_CHOICE] = "no such choice: ",
        [KIND_CHOICES] = "no such choice: ",
        [KIND_STRING] = "",
    };
    add_item(why, it);
    if (result != -ERANGE)
        csan__text_str(why, nouns[r->kind]);
    else
        csan__text_str(why, r->kind == KIND_NUMBER && r->hi != INT64_MAX ? "out of range: "
                                                                         : "too large: ");
    add_advice(why, r);
    return -EINVAL;
}

#define NAME_COMPARED 31 /* more of an unknown name is not compared */

/* Damerau and Levenshtein's distance, no part edited twice ("optimal string alignment"): how many
 * letters to add, drop, change or swap with their neighbour. Capitals count as small letters. */
static unsigned distance(const char *a, size_t a_bytes, const char *b)
{
    unsigned row[3][NAME_COMPARED + 1]; /* row[i % 3][j]: from a's first i letters to b's first j */
    size_t b_bytes = strlen(b);
    a_bytes = a_bytes > NAME_COMPARED ? NAME_COMPARED : a_bytes;
    b_bytes = b_bytes > NAME_COMPARED ? NAME_COMPARED : b_bytes;
    for (size_t i = 0; i <= a_bytes; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_bytes; j++) {
            if (i == 0) {
                now[j] = (unsigned)j;
                continue;
            }
            char x = lower(a[i - 1]), y = b[j - 1];
            unsigned best = last[j - 1] + (x != y);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            bool swapped = i > 1 && j > 1 && x == b[j - 2] && lower(a[i - 2]) == y;
            if (swapped && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[a_bytes % 3][b_bytes];
}

/* s, of at least three letters, is a part of b: CSAN_LEAK means max_leak. */
static bool is_part(const char *s, size_t n, const char *b)
{
    size_t b_bytes = strlen(b);
    for (size_t at = 0; n >= 3 && at + n <= b_bytes; at++)
        if (is_same(s, b + at, n))
            return true;
    return false;
}

static int blame_name(struct text *why, const struct item *it)
{
    static const char *const variables[] = {"options", "path"};
    bool is_variable = it->source == SOURCE_VARIABLE;
    size_t candidates = ROWS + (is_variable ? CSAN_COUNT(variables) : 0);
    const char *nearest = "";
    unsigned best = UINT32_MAX;
    for (size_t i = 0; i < candidates; i++) {
        const char *name = i < ROWS ? rows[i].name : variables[i - ROWS];
        unsigned far = distance(it->name, it->name_bytes, name);
        if (far > 1 && is_part(it->name, it->name_bytes, name))
            far = 1;
        if (far < best) {
            best = far;
            nearest = name;
        }
    }
    bool is_near = best <= 2 || best <= strlen(nearest) / 3;
    add_item(why, it);
    csan__text_str(why,
                   is_near ? "no such option; did you mean " : "no such option; the nearest is ");
    csan__text_str(why, is_variable ? "CSAN_" : "");
    for (const char *c = nearest; *c != '\0'; c++)
        csan__text_char(why, is_variable ? upper(*c) : *c);
    csan__text_str(why, is_near ? "?" : ", and CSAN_HELP=1 lists them all");
    return -EINVAL;
}

/* ------------------------------------------------------------------ sources */

static bool is_named(const struct row *r, const struct item *it)
{
    size_t i = 0;
    for (; i < it->name_bytes && r->name[i] != '\0'; i++)
        if (it->name[i] != (it->source == SOURCE_VARIABLE ? upper(r->name[i]) : r->name[i]))
            return false;
    return i == it->name_bytes && r->name[i] == '\0';
}

/* Sources are read from the weakest to the strongest; later ones replace earlier ones. */
static int take(const struct item *it, struct text *why)
{
    size_t i = 0;
    while (i < ROWS && !is_named(&rows[i], it))
        i++;
    if (i == ROWS)
        return blame_name(why, it);
    const struct row *r = &rows[i];
    uint64_t value;
    int result = read_value(r, it->value, it->value_bytes, &value);
    if (result != 0)
        return blame_value(why, it, r, result);
    /* The same variable twice: getenv sees the first. */
    if (it->source == SOURCE_VARIABLE && state.source[i] == SOURCE_VARIABLE)
        return 0;
    bool is_default = r->kind == KIND_STRING && it->value_bytes == 0;
    const char *text = is_default ? r->preset : keep(it->value, it->value_bytes);
    if (text == NULL) {
        add_item(why, it);
        csan__text_format(why, "too long: all options together hold at most %zu bytes",
                          STORE_BYTES - 1);
        return -EINVAL;
    }
    put(r, value, text);
    state.set[i] = text;
    state.source[i] = it->source;
    return 0;
}

/* As in LSAN_OPTIONS, but for the comma, which parts formats. */
static bool is_separator(char c)
{
    return c == ':' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_item(char c)
{
    return c == '\0' || is_separator(c);
}

static int blame_list(struct text *why, const struct item *it, const char *what)
{
    add_item(why, it);
    csan__text_str(why, what);
    return -EINVAL;
}

/* The value that begins at it->value, bare or in quotes; *end is what follows it. */
static int find_value(struct item *it, const char **end, struct text *why)
{
    const char *at = it->value;
    char quote = *at == '\'' || *at == '"' ? *at : '\0';
    if (quote != '\0') {
        it->value = ++at;
        while (*at != '\0' && *at != quote)
            at++;
        it->value_bytes = (size_t)(at - it->value);
        if (*at == '\0')
            return blame_list(why, it, "its quote is not closed");
        at++;
        if (!ends_item(*at))
            return blame_list(why, it, "write a colon behind its closing quote");
    } else {
        while (!ends_item(*at))
            at++;
        it->value_bytes = (size_t)(at - it->value);
    }
    *end = at;
    return 0;
}

static int read_list(enum source source, const char *at, struct text *why)
{
    while (at != NULL) {
        while (is_separator(*at))
            at++;
        if (*at == '\0')
            break;
        struct item it = {.source = source, .name = at};
        while (!ends_item(*at) && *at != '=')
            at++;
        it.name_bytes = (size_t)(at - it.name);
        if (*at != '=')
            return blame_list(why, &it,
                              "not name=value; a value that holds a colon or a blank needs quotes, "
                              "as in log_path='a:b'");
        it.value = at + 1;
        int result = find_value(&it, &at, why);
        if (result == 0)
            result = take(&it, why);
        if (result != 0)
            return result;
    }
    return 0;
}

static const char *find_variable(char **environment, const char *name)
{
    for (char **e = environment; e != NULL && *e != NULL; e++) {
        const char *rest = after(*e, name);
        if (rest != NULL && *rest == '=')
            return rest + 1;
    }
    return NULL;
}

static int read_variables(char **environment, struct text *why)
{
    for (char **e = environment; e != NULL && *e != NULL; e++) {
        struct item it = {.source = SOURCE_VARIABLE, .name = after(*e, "CSAN_")};
        if (it.name == NULL || *it.name == '_')
            continue;
        while (it.name[it.name_bytes] != '=' && it.name[it.name_bytes] != '\0')
            it.name_bytes++;
        /* Without =, it is no variable. CSAN_PATH is session's (helper.c). */
        if (it.name[it.name_bytes] == '\0' || after(it.name, "OPTIONS=") != NULL ||
            after(it.name, "PATH=") != NULL)
            continue;
        it.value = it.name + it.name_bytes + 1;
        it.value_bytes = strlen(it.value);
        int result = take(&it, why);
        if (result != 0)
            return result;
    }
    return 0;
}

static bool is_filled(const char *value)
{
    return value != NULL && *value != '\0';
}

/* What has no row. */
static void read_surroundings(char **environment)
{
    const char *force = find_variable(environment, "FORCE_COLOR");
    const char *term = find_variable(environment, "TERM");
    csan__options.no_color = is_filled(find_variable(environment, "NO_COLOR"));
    csan__options.force_color = is_filled(force) && !csan__text_equal(force, "0");
    csan__options.dumb_term = csan__text_equal(term, "dumb");
}

int csan__options_read(char **environment, const char *defaults_of_program, struct text *why)
{
    state.stored = 0;
    put_presets();
    read_surroundings(environment);
    int result = read_list(SOURCE_PROGRAM, defaults_of_program, why);
    if (result == 0)
        result = read_list(SOURCE_LIST, find_variable(environment, "CSAN_OPTIONS"), why);
    if (result == 0)
        result = read_variables(environment, why);
    if (result != 0)
        put_presets();
    return result;
}

/* ------------------------------------------------------------------ questions */

/* ROWS_SHOWN: no such row. */
static size_t find_row(const char *name)
{
    size_t i = 0;
    while (i < ROWS_SHOWN && !csan__text_equal(rows[i].name, name))
        i++;
    return i;
}

static const char *as_set(size_t i)
{
    return state.set[i] != NULL ? state.set[i] : rows[i].preset;
}

/* Those choices in force that are not built yet. */
static uint32_t unmet_choices(const struct row *r)
{
    uint32_t pending = pending_choices(r), in_force = 0;
    if (pending != 0)
        memcpy(&in_force, field_of(r), sizeof(in_force));
    return in_force & pending;
}

const char *csan__options_as_set(const char *name)
{
    size_t i = find_row(name);
    return i < ROWS_SHOWN ? as_set(i) : "";
}

bool csan__options_was_set(const char *name)
{
    size_t i = find_row(name);
    return i < ROWS_SHOWN && state.set[i] != NULL;
}

bool csan__options_is_pending(const char *name)
{
    size_t i = find_row(name);
    return i < ROWS_SHOWN && (rows[i].pending || unmet_choices(&rows[i]) != 0);
}

/* ------------------------------------------------------------------ the table, shown */

#define LINE_BYTES 1024

static void add_variable(struct text *t, const struct row *r)
{
    csan__text_str(t, "CSAN_");
    for (const char *c = r->name; *c != '\0'; c++)
        csan__text_char(t, upper(*c));
}

static void add_type(struct text *t, const struct row *r)
{
    bool is_range = r->kind == KIND_NUMBER && r->hi != INT64_MAX;
    switch (r->kind) {
    case KIND_SIZE:
        add_list(t, "size", r->words);
        break;
    case KIND_DURATION:
        add_list(t, "duration", r->words);
        break;
    case KIND_NUMBER:
        if (is_range)
            add_range(t, r);
        else
            add_list(t, "number", r->words);
        break;
    case KIND_SWITCH:
        csan__text_str(t, "on or off");
        break;
    case KIND_CHOICE:
    case KIND_CHOICES:
        add_list(t, NULL, r->words);
        csan__text_str(t, r->kind == KIND_CHOICES ? ", several with commas" : "");
        break;
    case KIND_STRING:
        csan__text_str(t, r->words);
        break;
    }
}

/* The row's sentence, and which of its choices are not in this version. */
static void add_sentence(struct text *t, const struct row *r)
{
    csan__text_str(t, r->sentence);
    if (pending_choices(r) == 0)
        return;
    csan__text_str(t, " (Not in this version: ");
    add_choices(t, r->words, true);
    csan__text_str(t, ".)");
}

/* The same for a reader who is told in no other way that the whole row is pending. */
static void add_whole_sentence(struct text *t, const struct row *r)
{
    add_sentence(t, r);
    csan__text_str(t, r->pending ? " (Not in this version.)" : "");
}

void csan__options_each(void (*emit)(const struct option_row *row, void *arg), void *arg)
{
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        char type[LINE_BYTES / 4], sentence[LINE_BYTES];
        struct text type_text = TEXT(type), sentence_text = TEXT(sentence);
        add_type(&type_text, &rows[i]);
        add_sentence(&sentence_text, &rows[i]);
        const struct option_row row = {
            .name = rows[i].name,
            .type = type,
            .value = as_set(i),
            .preset = rows[i].preset,
            .sentence = sentence,
            .pending = rows[i].pending,
            .was_set = state.set[i] != NULL,
        };
        emit(&row, arg);
    }
}

void csan__options_each_unmet(void (*emit)(const char *line, void *arg), void *arg)
{
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        const struct row *r = &rows[i];
        char buf[LINE_BYTES];
        struct text t = TEXT(buf);
        if (state.set[i] == NULL || (!r->pending && unmet_choices(r) == 0))
            continue;
        add_variable(&t, r);
        if (r->pending) {
            csan__text_str(&t, " is understood, but its check is not in this version");
        } else {
            csan__text_char(&t, '=');
            add_shown(&t, state.set[i], strlen(state.set[i]), SHOWN_BYTES);
            csan__text_str(&t, " is understood, but only ");
            add_choices(&t, r->words, false);
            csan__text_str(&t, " is in this version");
        }
        emit(buf, arg);
    }
}

#define GAP 2          /* columns between columns */
#define VALUE_WIDTH 10 /* a wider value is followed by a new line */
#define VALUE_MOST 400 /* bytes shown of it */
#define WIDTH_MOST 480

/* Lines of a table, handed to emit one by one. */
struct lines {
    void (*emit)(const char *line, void *arg);
    void *arg;
    size_t width;
    size_t value_at, preset_at, sentence_at; /* columns, from 0 */
    struct text line;
};

static void end_line(struct lines *l)
{
    while (l->line.len > 0 && l->line.buf[l->line.len - 1] == ' ')
        l->line.buf[--l->line.len] = '\0';
    l->emit(l->line.buf, l->arg);
    l->line.len = 0;
    l->line.cut = false;
    l->line.buf[0] = '\0';
}

/* The next thing on the line begins at this column; a thing before it that is too wide gets the
 * line for itself. */
static void go_to(struct lines *l, size_t column)
{
    if (l->line.len > 0 && l->line.len + 1 >= column)
        end_line(l);
    while (l->line.len < column)
        csan__text_char(&l->line, ' ');
}

static void add_wrapped(struct lines *l, const char *sentence)
{
    struct word w = {0};
    go_to(l, l->sentence_at);
    while (next_word(&sentence, &w)) {
        size_t blank = l->line.len > l->sentence_at;
        if (blank && l->line.len + 1 + w.length > l->width) {
            end_line(l);
            go_to(l, l->sentence_at);
        } else if (blank) {
            csan__text_char(&l->line, ' ');
        }
        csan__text_mem(&l->line, w.at, w.length);
    }
    end_line(l);
}

static void add_table_row(struct lines *l, const char *name, const char *value, const char *preset,
                          const char *sentence)
{
    csan__text_str(&l->line, name);
    go_to(l, l->value_at);
    add_shown(&l->line, value, strlen(value), VALUE_MOST);
    go_to(l, l->preset_at);
    csan__text_str(&l->line, preset);
    add_wrapped(l, sentence);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

void csan__options_help(int width, void (*emit)(const char *line, void *arg), void *arg)
{
    char buf[LINE_BYTES], sentence[LINE_BYTES];
    struct lines l = {.emit = emit, .arg = arg, .line = TEXT(buf)};
    size_t name_width = strlen("option"), preset_width = strlen("default");
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        name_width = larger(name_width, strlen(rows[i].name));
        preset_width = larger(preset_width, strlen(rows[i].preset));
    }
    l.value_at = name_width + GAP;
    l.preset_at = l.value_at + VALUE_WIDTH + GAP;
    l.sentence_at = l.preset_at + preset_width + GAP;
    l.width = width <= 0 ? 80 : (size_t)width;
    l.width = larger(l.width, l.sentence_at + 20);
    l.width = l.width > WIDTH_MOST ? WIDTH_MOST : l.width;
    emit("Set CSAN_<OPTION>=VALUE each, or CSAN_OPTIONS=option=value:option=value.", arg);
    emit("", arg);
    add_table_row(&l, "option", "value", "default", "");
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        struct text t = TEXT(sentence);
        add_whole_sentence(&t, &rows[i]);
        add_table_row(&l, rows[i].name, as_set(i), rows[i].preset, sentence);
    }
}

static const char *const markdown_head[] = {
    "<!-- Made from runtime/base/options.inc: change it there. -->",
    "# Options",
    "",
    "Every option is an environment variable of its own, or a part of `CSAN_OPTIONS`, or a part",
    "of what the program's own `const char *csan_default_options(void)` returns:",
    "",
    "| source | example |",
    "|---|---|",
    "| one variable, the strongest | `CSAN_MAX_LEAK=4KiB ./test` |",
    "| `CSAN_OPTIONS` | `CSAN_OPTIONS=\"max_leak=4KiB:log_path='/tmp/a:b'\" ./test` |",
    "| the program, the weakest | `csan_default_options()` returns `\"max_leak=4KiB\"` |",
    "",
    "- **Lists** (the last two) are parted by colons or blanks, as in `LSAN_OPTIONS`. A value that",
    "  holds a colon or a blank stands in quotes, `'a:b'` or `\"a:b\"`. Of an option that is there",
    "  twice the later value counts. A variable of its own needs no quotes inside its value.",
    "- **Sizes** take B, KiB, MiB, GiB, or K, M, G for the same; a bare number is bytes.",
    "- **Durations** need ns, us, ms, s or min. A bare `0` needs no unit.",
    "- Both may have decimals: `1.5s`, `0.25MiB`.",
    "- **Switches** are on or off; 1 and 0, yes and no, true and false are understood.",
    "- `off` switches a check off. An empty text (`CSAN_FOCUS=`) is the default.",
    "- An unknown `CSAN_*` name or a bad value stops the program at its start with status 87, and",
    "  says what would be right. `CSAN_HELP=1` prints this table with the values in force on",
    "  stderr, then the program runs. `CSAN_PATH` says where the `csan` command is. Names that",
    "  begin with `CSAN__` are csan's own.",
    "",
    "| option | values | default | |",
    "|---|---|---|---|",
};

void csan__options_markdown(void (*emit)(const char *line, void *arg), void *arg)
{
    for (size_t i = 0; i < CSAN_COUNT(markdown_head); i++)
        emit(markdown_head[i], arg);
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        char buf[LINE_BYTES];
        struct text t = TEXT(buf);
        csan__text_format(&t, "| `%s` | ", rows[i].name);
        add_type(&t, &rows[i]);
        csan__text_format(&t, *rows[i].preset == '\0' ? " |%s | " : " | `%s` | ", rows[i].preset);
        add_whole_sentence(&t, &rows[i]);
        csan__text_str(&t, " |");
        emit(buf, arg);
    }
}
