/* csan explain KIND: what a kind of finding means, how it looks, how to mend it, what accepts it.
 */
#include "tools/verb.h"

#include "base/nearest.h"
#include "record/finding.h"
#include "report/advice.h"

#include <stdio.h>
#include <string.h>

#define LIST_COLUMNS 84 /* of what stands behind the kind */

struct explanation {
    const char *option; /* NULL: no limit */
    const char *means, *program, *example, *mend, *accept;
};

static const struct explanation explanations[] = {
#define KIND(id, option, means, program, example, mend, accept)                                    \
    [id] = {option, means, program, example, mend, accept},
#include "tools/explain.inc"
#undef KIND
};
_Static_assert(CSAN_COUNT(explanations) == FINDING_KINDS, "every kind is explained");

/* The name as in an option: CSAN_MAX_LEAK. */
static void put_variable(const char *option)
{
    fputs("CSAN_", stdout);
    for (; *option; option++)
        putchar(*option >= 'a' && *option <= 'z' ? *option - 'a' + 'A' : *option);
}

static void put_indented(const char *lines)
{
    while (*lines) {
        int length = (int)strcspn(lines, "\n");
        printf("    %.*s\n", length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static int explain(enum finding_kind kind)
{
    const struct explanation *e = &explanations[kind];
    const struct finding any = {.kind = kind};
    const char *name = csan__finding_kind_name(kind);
    printf("%s\n\n", name);
    put_indented(e->means);
    printf("\nso it looks (tests/cases/%s):\n\n", e->program);
    put_indented(e->example);
    printf("\nhow to mend it\n\n    In a word: %s.\n", csan__advice_try(&any));
    put_indented(e->mend);
    printf("\nwhat accepts it\n\n    ");
    if (e->option) {
        put_variable(e->option);
        fputs(", or a", stdout);
    } else {
        fputs("A", stdout);
    }
    printf(" line %s:FUNCTION in the file of CSAN_SUPPRESSIONS.\n", name);
    put_indented(e->accept);
    return 0;
}

static void list(void)
{
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        const char *means = explanations[k].means;
        int length = (int)strcspn(means, "\n");
        for (; length > LIST_COLUMNS || means[length] > ' '; length--)
            ;
        printf("%-11s %.*s …\n", csan__finding_kind_name((enum finding_kind)k), length, means);
    }
}

int csan__explain_verb(int argc, char **argv)
{
    if (argc < 2) {
        list();
        return 0;
    }
    if (argc > 2)
        return csan__say_dark("explain: one kind at a time; see `csan help explain`");
    struct nearest n = NEAREST(argv[1], strlen(argv[1]));
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        const char *name = csan__finding_kind_name((enum finding_kind)k);
        if (strcmp(name, argv[1]) == 0)
            return explain((enum finding_kind)k);
        csan__nearest_try(&n, name);
    }
    if (csan__nearest_is_near(&n))
        return csan__say_dark("explain: there is no kind %s; the nearest is %s", argv[1], n.name);
    return csan__say_dark("explain: there is no kind %s; `csan explain` lists them", argv[1]);
}
