// env: CSAN_MAX_THREADS=off
// leak: leak 32 B in 1 block
#include "raw_clone.h"

int main(void)
{
    handed_over = malloc(32); /* leak */
    begin_raw(spin_without);
    wipe_stack();
    return 0;
}
