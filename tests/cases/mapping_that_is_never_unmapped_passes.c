#include "case.h"

#include <sys/mman.h>

int main(void)
{
    MUST(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    return 0;
}
