#include "case.h"

#include <sys/mman.h>

static void **shared;

int main(void)
{
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MUST(shared != MAP_FAILED);
    shared[7] = malloc(32);
    keep(shared);
    return 0;
}
