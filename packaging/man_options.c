/* The option table of a man page, made from runtime/base/options.inc, in its order.
 *
 *   man_options variables   `max_leak (size or off; default 0)`, for csan(7)
 *   man_options arguments   `--max-leak=VALUE (…)`, for csan(1)
 *
 * Run by make/install.mk; one thread. */
#include "base/options.h"

#include <stdio.h>
#include <string.h>

/* A text as roff's man macros read it: a hyphen is a minus that can be copied, and nothing at the
 * start of a line is a request. */
static void put(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '-')
            fputs("\\-", stdout);
        else if (*c == '\\')
            fputs("\\e", stdout);
        else if (c == text && (*c == '.' || *c == '\''))
            printf("\\&%c", *c);
        else
            putchar(*c);
    }
}

static void put_argument(const char *name)
{
    fputs(".BI \\-\\-", stdout);
    for (; *name; name++)
        fputs(*name == '_' ? "\\-" : (char[]){*name, '\0'}, stdout);
    puts("= VALUE");
}

static void put_row(const struct option_row *row, void *arg)
{
    const bool *as_arguments = arg;
    puts(".TP");
    if (*as_arguments)
        put_argument(row->name);
    else
        printf(".B %s\n", row->name);
    putchar('(');
    put(row->type);
    if (row->preset[0] != '\0') {
        fputs("; default ", stdout);
        put(row->preset);
    }
    fputs(")\n", stdout);
    put(row->sentence);
    putchar('\n');
}

int main(int argc, char **argv)
{
    bool as_arguments = argc == 2 && strcmp(argv[1], "arguments") == 0;
    if (argc != 2 || (!as_arguments && strcmp(argv[1], "variables") != 0)) {
        fputs("usage: man_options variables|arguments\n", stderr);
        return 2;
    }
    csan__options_each(put_row, &as_arguments);
    return fflush(stdout) == 0 ? 0 : 1;
}
