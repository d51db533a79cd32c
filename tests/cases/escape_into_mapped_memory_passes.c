/* It is taken out. */
#include "escaping.h"

static const char **map;

static NOINLINE void remember(const char *row)
{
    map[7] = row;
    map[7] = NULL;
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
