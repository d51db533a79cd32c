/* The runtime's options as arguments: a getopt_long table made from the option table. */
#include "tools/arguments.h"

#include "base/nearest.h"
#include "base/options.h"
#include "tools/verb.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_MAX 64
#define NAME_MAX_BYTES 32

struct table {
    char names[ROWS_MAX][NAME_MAX_BYTES]; /* with dashes */
    struct option options[ROWS_MAX + 1];  /* getopt's, ended by an empty one */
    int count;
};

static void add_row(const struct option_row *row, void *arg)
{
    struct table *t = arg;
    CSAN_CHECK(t->count < ROWS_MAX && strlen(row->name) < NAME_MAX_BYTES);
    char *name = t->names[t->count];
    for (size_t i = 0; i <= strlen(row->name); i++) {
        name[i] = row->name[i] == '_' ? '-' : row->name[i];
    }
    t->options[t->count++] = (struct option){.name = name, .has_arg = required_argument};
}

static int refuse_unknown(const struct table *t, const char *given)
{
    const char *name = given + strspn(given, "-");
    int shown = (int)strcspn(given, "=");
    struct nearest n = NEAREST(name, strcspn(name, "="));
    for (int i = 0; i < t->count; i++) {
        csan__nearest_try(&n, t->names[i]);
    }
    if (csan__nearest_is_near(&n)) {
        return csan__say_dark("%.*s is no option; did you mean --%s? `csan help run` lists them",
                              shown, given, n.name);
    }
    return csan__say_dark("%.*s is no option; `csan help run` lists them", shown, given);
}

static bool put_variable(const char *name, const char *value)
{
    char variable[NAME_MAX_BYTES + 8] = "CSAN_";
    size_t used = strlen(variable);
    for (; *name != '\0'; name++) {
        variable[used++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    }
    variable[used] = '\0';
    return setenv(variable, value, 1) == 0;
}

int csan__arguments_take(int argc, char **argv, int *first)
{
    static struct table table;
    if (table.count == 0) {
        csan__options_each(add_row, &table);
    }
    opterr = 0;
    optind = 1;
    for (;;) {
        int before = optind, which = -1;
        int found = getopt_long(argc, argv, "+:", table.options, &which);
        if (found == -1) {
            break;
        }
        if (found == ':') {
            return csan__say_dark("%s needs a value: %s=VALUE", argv[before], argv[before]);
        }
        if (found != 0) {
            return refuse_unknown(&table, argv[before]);
        }
        if (!put_variable(table.names[which], optarg)) {
            return csan__say_dark("out of memory");
        }
    }
    char buffer[1024];
    struct text why = TEXT(buffer);
    if (csan__options_read(environ, NULL, &why) != 0) {
        return csan__say_dark("%s", why.buf);
    }
    *first = optind;
    return 0;
}

static void print_row(const struct option_row *row, void *arg)
{
    (void)arg;
    char name[NAME_MAX_BYTES];
    snprintf(name, sizeof name, "%s", row->name);
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    printf("  --%s=VALUE  (%s%s%s)\n", name, row->type, row->preset[0] == '\0' ? "" : "; default ",
           row->preset);
    /* Words wrapped at 80 columns. */
    int column = 0;
    for (const char *at = row->sentence; *at != '\0';) {
        int length = (int)strcspn(at, " ");
        if (column == 0 || column + 1 + length > 80) {
            column = printf("%s      %.*s", column == 0 ? "" : "\n", length, at) - (column != 0);
        } else {
            column += printf(" %.*s", length, at);
        }
        at += length;
        at += strspn(at, " ");
    }
    putchar('\n');
}

void csan__arguments_print(void)
{
    csan__options_each(print_row, NULL);
}
