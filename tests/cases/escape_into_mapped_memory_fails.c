/* A row's address in memory of the program's own mmap. */
// findings: 1
// expect: ^tests/cases/escaping\.h:[0-9]+:[0-9]+: error: csan\[escape\]: 1 pointer into a buffer of cache "rows" that was evicted is still stored > max_escapes=0$
// expect: stored in mapped memory
#include "escaping.h"

static const char **map;

static NOINLINE void remember(const char *row)
{
    map[7] = row;
}

int main(void)
{
    map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(map != MAP_FAILED);
    serve();
    wipe_stack();
    csan_check(0);
    return 0;
}
