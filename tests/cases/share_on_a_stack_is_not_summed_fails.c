/* A row on the stack has gone with its function: that other calls write there is no mutation, that
 * its share never came back is told. */
// findings: 1
// expect: csan\[unreleased\]: 1 share of cache "rows" was never released
#include "cached.h"

static NOINLINE void lend_a_local(void)
{
    char row[64] = "row";
    csan_publish_fixed(rows, keep(row), sizeof row);
    csan_share(row);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    lend_a_local();
    wipe_stack();
    return 0;
}
