/* The row's address stays in a variable with a value from the start, in one without, in a
 * function's static, in an element of an array, in a struct's field. */
// findings: 1
// expect: csan\[escape\]: 5 pointers into a buffer of cache "rows" that was evicted are still stored > max_escapes=0$
// expect: stored in global with_value \(
// expect: stored in global without_value \(
// expect: stored in global within(\.[0-9]+)? \(
// expect: stored in global many\[5\]
// expect: stored in global table\[1\]\.row
#include "escaping.h"

static char start[1];
char *with_value = start;
char *without_value;
char *many[8];
struct {
    long id;
    char *row;
} table[2];

static NOINLINE void remember_within(const char *row)
{
    static char *volatile within;
    within = KEPT(row);
    keep(within);
}

static NOINLINE void remember(const char *row)
{
    with_value = without_value = many[5] = table[1].row = KEPT(row);
    remember_within(row);
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
