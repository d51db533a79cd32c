/* Numbers near the row's address, halves of it beside each other, and the address at no multiple of
 * eight: none of them is a pointer to the row. */
#include "escaping.h"

unsigned long before, behind, shifted, upper;
struct {
    unsigned other, lower, upper, more;
} halves;

static NOINLINE void remember(const char *row)
{
    unsigned long address = (unsigned long)KEPT(row);
    before = address - 1;
    behind = address + 64;
    shifted = address << 16;
    upper = address | 1ul << 63;
    halves.lower = (unsigned)address;
    halves.upper = (unsigned)(address >> 32);
}

int main(void)
{
    serve();
    wipe_stack();
    return 0;
}
