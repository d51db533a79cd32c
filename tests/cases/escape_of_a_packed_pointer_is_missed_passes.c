/* A pointer at an address that is not a multiple of eight is not seen. A documented miss. */
#include "escaping.h"

struct __attribute__((packed)) {
    char tag;
    const char *row;
} packed;

static NOINLINE void remember(const char *row)
{
    memcpy((char *)&packed + 1, &row, sizeof row);
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
