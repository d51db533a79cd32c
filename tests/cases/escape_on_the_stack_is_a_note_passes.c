/* A pointer that is only on the stack of a running function is worth a look, and no failure. */
// env: CSAN_VERBOSITY=1
// expect: note: csan\[escape\]: [0-9]+ pointers? into a buffer of cache "rows" that was evicted (is|are) still stored$
// expect: ^csan: PASS
// expect-not: error:
#include "escaping.h"

static const char *volatile *slot;

static NOINLINE void remember(const char *row)
{
    *slot = row;
}

int main(void)
{
    const char *volatile local = NULL;
    slot = &local;
    serve();
    wipe_stack();
    csan_check(0);
    MUST(local);
    slot = NULL;
    return 0;
}
