#include "base/option_item.h"
#include "base/option_row.h"
#include "base/options.h"

#include <string.h>

#define LINE_BYTES 1024

static void add_type(struct text *t, const struct row *r)
{
    bool is_range = r->kind == KIND_NUMBER && r->hi != INT64_MAX;
    switch (r->kind) {
    case KIND_SIZE:
        csan__row_add_list(t, "size", r->words);
        break;
    case KIND_DURATION:
        csan__row_add_list(t, "duration", r->words);
        break;
    case KIND_NUMBER:
        if (is_range)
            csan__row_add_range(t, r);
        else
            csan__row_add_list(t, "number", r->words);
        break;
    case KIND_SWITCH:
        csan__text_str(t, "on or off");
        break;
    case KIND_CHOICE:
    case KIND_CHOICES:
        csan__row_add_list(t, NULL, r->words);
        csan__text_str(t, r->kind == KIND_CHOICES ? ", several with commas" : "");
        break;
    case KIND_STRING:
        csan__text_str(t, r->words);
        break;
    }
}

void csan__options_each(void (*emit)(const struct option_row *row, void *arg), void *arg)
{
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        char type[LINE_BYTES / 4];
        struct text type_text = TEXT(type);
        add_type(&type_text, &csan__row_all[i]);
        const struct option_row row = {
            .name = csan__row_all[i].name,
            .type = type,
            .value = csan__options_as_set(csan__row_all[i].name),
            .preset = csan__row_all[i].preset,
            .sentence = csan__row_all[i].sentence,
            .was_set = csan__options_was_set(csan__row_all[i].name),
        };
        emit(&row, arg);
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
    while (csan__row_next_word(&sentence, &w)) {
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
    csan__item_add_shown(&l->line, value, strlen(value), VALUE_MOST);
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
    char buf[LINE_BYTES];
    struct lines l = {.emit = emit, .arg = arg, .line = TEXT(buf)};
    size_t name_width = strlen("option"), preset_width = strlen("default");
    for (size_t i = 0; i < ROWS_SHOWN; i++) {
        name_width = larger(name_width, strlen(csan__row_all[i].name));
        preset_width = larger(preset_width, strlen(csan__row_all[i].preset));
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
    for (size_t i = 0; i < ROWS_SHOWN; i++)
        add_table_row(&l, csan__row_all[i].name, csan__options_as_set(csan__row_all[i].name),
                      csan__row_all[i].preset, csan__row_all[i].sentence);
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
        csan__text_format(&t, "| `%s` | ", csan__row_all[i].name);
        add_type(&t, &csan__row_all[i]);
        csan__text_format(&t, *csan__row_all[i].preset == '\0' ? " |%s | " : " | `%s` | ",
                          csan__row_all[i].preset);
        csan__text_format(&t, "%s |", csan__row_all[i].sentence);
        emit(buf, arg);
    }
}
