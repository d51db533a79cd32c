#include "base/options.h"

#include "base/option_item.h"
#include "base/option_row.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------ state */

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
        const struct row *r = &csan__row_all[i];
        uint64_t value = 0;
        (void)csan__row_read(r, r->preset, strlen(r->preset), &value);
        put(r, value, r->preset);
        state.set[i] = NULL;
        state.source[i] = SOURCE_NONE;
    }
}

/* ------------------------------------------------------------------ sources */

/* What follows prefix in s; NULL: s does not begin with it. */
static const char *after(const char *s, const char *prefix)
{
    while (*prefix != '\0' && *s == *prefix) {
        s++;
        prefix++;
    }
    return *prefix == '\0' ? s : NULL;
}

static bool is_named(const struct row *r, const struct item *it)
{
    size_t i = 0;
    for (; i < it->name_bytes && r->name[i] != '\0'; i++)
        if (it->name[i] !=
            (it->source == SOURCE_VARIABLE ? csan__text_upper(r->name[i]) : r->name[i]))
            return false;
    return i == it->name_bytes && r->name[i] == '\0';
}

/* Sources are read from the weakest to the strongest; later ones replace earlier ones. */
static int take(const struct item *it, struct text *why)
{
    size_t i = 0;
    while (i < ROWS && !is_named(&csan__row_all[i], it))
        i++;
    if (i == ROWS)
        return csan__item_blame_name(why, it);
    const struct row *r = &csan__row_all[i];
    uint64_t value;
    int result = csan__row_read(r, it->value, it->value_bytes, &value);
    if (result != 0)
        return csan__item_blame_value(why, it, r, result);
    /* The same variable twice: getenv sees the first. */
    if (it->source == SOURCE_VARIABLE && state.source[i] == SOURCE_VARIABLE)
        return 0;
    bool is_default = r->kind == KIND_STRING && it->value_bytes == 0;
    const char *text = is_default ? r->preset : keep(it->value, it->value_bytes);
    if (text == NULL) {
        char room[80];
        struct text what = TEXT(room);
        csan__text_format(&what, "too long: all options together hold at most %zu bytes",
                          STORE_BYTES - 1);
        return csan__item_blame(why, it, room);
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
            return csan__item_blame(why, it, "its quote is not closed");
        at++;
        if (!ends_item(*at))
            return csan__item_blame(why, it, "write a colon behind its closing quote");
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
            return csan__item_blame(
                why, &it,
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
    while (i < ROWS_SHOWN && !csan__text_equal(csan__row_all[i].name, name))
        i++;
    return i;
}

const char *csan__options_as_set(const char *name)
{
    size_t i = find_row(name);
    if (i == ROWS_SHOWN)
        return "";
    return state.set[i] != NULL ? state.set[i] : csan__row_all[i].preset;
}

bool csan__options_was_set(const char *name)
{
    size_t i = find_row(name);
    return i < ROWS_SHOWN && state.set[i] != NULL;
}
