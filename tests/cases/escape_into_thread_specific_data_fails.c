/* pthread_setspecific remembers the row. */
// flags: -pthread
// findings: 1
// expect: ^tests/cases/escaping\.h:[0-9]+:[0-9]+: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in .*thread
#include "escaping.h"

static pthread_key_t key;

static NOINLINE void remember(const char *row)
{
    pthread_setspecific(key, row);
}

int main(void)
{
    MUST(pthread_key_create(&key, NULL) == 0);
    serve();
    wipe_stack();
    csan_check(0);
    return 0;
}
