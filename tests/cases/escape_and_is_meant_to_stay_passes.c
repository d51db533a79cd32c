/* A pointer that is meant to stay. */
#include "escaping.h"

struct holder {
    long id;
    const char *row;
};

static struct holder *request;

static NOINLINE void remember(const char *row)
{
    csan_expected_ref(&request->row, sizeof request->row, "shown again");
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
