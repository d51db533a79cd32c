/* An expected reference ends when the block around it is freed: what is then there is none. */
// findings: 1
// expect: ^tests/cases/escaping\.h:[0-9]+:[0-9]+: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in heap block of 16 bytes
#include "escaping.h"

struct holder {
    long id;
    const char *row;
};

static struct holder *request;

static NOINLINE void remember(const char *row)
{
    csan_expected_ref(&request->row, sizeof request->row, "shown again");
    free(request);
    request = calloc(1, sizeof *request);
    MUST(request);
    request->row = row;
}

int main(void)
{
    request = calloc(1, sizeof *request);
    MUST(request);
    serve();
    wipe_stack();
    csan_check(0);
    free(request);
    return 0;
}
