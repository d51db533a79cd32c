// env: CSAN_MAX_THREADS=off
#include "raw_clone.h"

int main(void)
{
    handed_over = malloc(32);
    begin_raw(spin);
    wipe_stack();
    return 0;
}
