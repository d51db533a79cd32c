// plain: no
// flags: -Iinclude -g
// findings: 1
// expect: ^{{at:row}}: error: csan\[growth\]: 64 B in 1 block more each round
// expect: ^    held by global sessions \(tests/cases/growth_shows_who_holds_it_fails.c:{{line:sessions}}\)$
// expect: ^      → struct sessions of 24 bytes allocated at .*:{{line:new}}, offset 16 \(->rows\)$
// expect: ^      → struct row of 64 bytes allocated at .*:{{line:row}}$
// expect: ^    which alone keeps 1\.[0-9] KiB in 2[0-9] blocks alive$
#include "case.h"

#include <csan.h>

struct row {
    struct row *next;
    char text[56];
};
struct sessions {
    char *name;
    long count;
    struct row *rows;
};
struct sessions *sessions; /* sessions */

static NOINLINE void request(void)
{
    struct row *row = malloc(sizeof *row); /* row */
    row->next = sessions->rows;
    sessions->rows = row;
    sessions->count++;
}

int main(void)
{
    sessions = calloc(1, sizeof *sessions); /* new */
    CSAN_REPEAT (20)
        request();
    return 0;
}
