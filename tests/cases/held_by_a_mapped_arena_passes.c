#include "case.h"

#include <sys/mman.h>

static void **arena;

int main(void)
{
    arena = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(arena != MAP_FAILED);
    arena[70001] = malloc(32);
    keep(&arena);
    return 0;
}
