/* libFuzzer target: whatever the environment and the program's defaults hold, they are read or
 * refused in one line, and what is in force afterwards can be shown.
 *
 * Input: strings parted by NUL; the first is the program's defaults, the others the environment. */
#include "base/options.h"

#include <stdlib.h>
#include <string.h>

#define VARIABLES_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_line(const char *line, void *arg)
{
    size_t *lines = arg;
    require(strchr(line, '\n') == NULL && strlen(line) < 500);
    *lines += 1;
}

static void check_row(const struct option_row *row, void *arg)
{
    size_t *rows = arg;
    require(row->type[0] != '\0' && row->sentence[0] != '\0');
    require(csan__text_equal(row->value, csan__options_as_set(row->name)));
    require(row->was_set == csan__options_was_set(row->name));
    require(row->was_set || csan__text_equal(row->value, row->preset));
    *rows += 1;
}

static bool is_number(uint64_t v, bool may_be_auto)
{
    return v <= INT64_MAX || v == OPTION_OFF || (may_be_auto && v == OPTION_AUTO);
}

/* No value lies outside what its row allows. */
static void check_values(void)
{
    const struct options *o = &csan__options;
    require(is_number(o->max_leak, false) && is_number(o->max_growth, false));
    require(is_number(o->max_wait, false) && is_number(o->hang_after, true));
    require(o->blocked_after <= INT64_MAX && o->exitcode <= 255 && o->verbosity <= 2);
    require(o->stack_depth >= 1 && o->stack_depth <= 256);
    require(o->share <= SHARE_STRESS && o->color <= COLOR_NEVER && o->dump_signal <= DUMP_USR2);
    require(o->format != 0 && o->format < FORMAT_GITLAB << 1);
    require(o->log_path != NULL && o->log_path[0] != '\0');
    require(o->focus == NULL || o->focus[0] != '\0');
}

/* As NUL-terminated copies of exactly their size: what is read beyond an end is seen. */
static size_t split(const uint8_t *data, size_t size, char *strings[VARIABLES_MAX + 1])
{
    size_t n = 0;
    while (size > 0 && n < VARIABLES_MAX) {
        size_t length = strnlen((const char *)data, size);
        strings[n] = malloc(length + 1);
        require(strings[n] != NULL);
        memcpy(strings[n], data, length);
        strings[n++][length] = '\0';
        size_t used = length < size ? length + 1 : length;
        data += used;
        size -= used;
    }
    strings[n] = NULL;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *strings[VARIABLES_MAX + 1], buf[512];
    struct text why = TEXT(buf);
    size_t n = split(data, size, strings), lines = 0, rows = 0;
    csan__text_str(&why, "");
    int result = csan__options_read(n > 0 ? strings + 1 : NULL, n > 0 ? strings[0] : NULL, &why);
    for (size_t i = 0; i < n; i++)
        free(strings[i]);
    require((result == 0) == (why.len == 0) && !why.cut);
    check_line(buf, &lines);
    check_values();
    csan__options_each(check_row, &rows);
    csan__options_help(size > 0 ? data[0] : 0, check_line, &lines);
    require(lines > rows);
    return 0;
}
