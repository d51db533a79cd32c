// leak: leak 2.6 KiB in 64 blocks
/* glibc notes in main_arena.top where the free rest begins: 8 bytes before the end of the last
 * block's memory, which is no pointer of the program's. Whatever size it has, it is found. */
#include "case.h"

static NOINLINE void lose(size_t n)
{
    keep(malloc(n)); /* leak */
}

int main(void)
{
    for (size_t n = 10; n < 74; n++)
        lose(n);
    wipe_stack();
    return 0;
}
