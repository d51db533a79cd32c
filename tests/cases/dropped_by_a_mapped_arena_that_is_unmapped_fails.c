// leak: leak 32 B in 1 block
#include "case.h"

#include <sys/mman.h>

int main(void)
{
    void **arena = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(arena != MAP_FAILED);
    arena[70001] = malloc(32); /* leak */
    keep(arena);
    MUST(munmap(arena, 1 << 20) == 0);
    wipe_stack();
    return 0;
}
