#include "case.h"

#include <sys/mman.h>

static void **arena;

int main(void)
{
    arena = mmap(NULL, 3 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(arena != MAP_FAILED);
    arena[2 * 512] = malloc(32);
    MUST(mprotect((char *)arena + 4096, 4096, PROT_NONE) == 0);
    void *block = aligned_alloc(4096, 8192);
    MUST(block && mprotect((char *)block + 4096, 4096, PROT_NONE) == 0);
    static void *held;
    held = block;
    keep(&held);
    return 0;
}
