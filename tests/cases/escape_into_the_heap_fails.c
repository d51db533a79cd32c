/* A request keeps the row that it was built from. */
// findings: 1
// expect: ^tests/cases/escaping\.h:[0-9]+:[0-9]+: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in heap block of 16 bytes allocated at .*:{{line:holder}}, offset 8
#include "escaping.h"

struct holder {
    long id;
    const char *row;
};

static struct holder *request;

static NOINLINE void remember(const char *row)
{
    request->row = row;
}

int main(void)
{
    request = calloc(1, sizeof *request); /* holder */
    MUST(request);
    serve();
    wipe_stack();
    csan_check(0);
    free(request);
    return 0;
}
