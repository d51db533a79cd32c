// plain: no
// flags: -Iinclude -g
// stdout: ^    held by global table \(.*:{{line:table}}\)$
// stdout: ^      → struct table of 16 bytes .*:{{line:new table}}, offset 8 \(->entries\)$
// stdout: ^      → struct entry of 64 KiB .*:{{line:new entries}}, offset 136 \(\[8\]\.rows\)$
// stdout: ^      → struct row of 48 bytes .*:{{line:new row}}, offset 40 \(->next\)$
// stdout: ^      … 18 more blocks$
// stdout: ^    which alone keeps 65 KiB in (22|32) blocks alive$
/* The chain to a node far down a list: its middle is left out. */
#include "case.h"
#include <csan.h>

struct row {
    char text[40];
    struct row *next;
};
struct entry {
    char *key;
    struct row *rows;
};
struct table {
    int n;
    struct entry *entries;
};
struct table *table; /* table */

static NOINLINE struct row *new_row(struct row *next)
{
    struct row *row = malloc(sizeof *row); /* new row */
    row->next = next;
    return row;
}

static NOINLINE void fill(void)
{
    table = calloc(1, sizeof *table);                      /* new table */
    table->entries = calloc(4096, sizeof *table->entries); /* new entries */
    for (int i = 0; i < 30; i++)
        table->entries[8].rows = new_row(table->entries[8].rows);
}

static NOINLINE void look(void)
{
    struct row *row = table->entries[8].rows;
    for (int i = 0; i < 20; i++)
        row = row->next;
    MUST(csan_who_points_at(row, 1, 1) > 0);
}

int main(void)
{
    fill();
    wipe_stack();
    look();
    return 0;
}
