// mode: static
// flags: -pthread
/* Two locks in both orders. */
#include "locks.h"

int main(void)
{
    take_pairs_by_threads("ABBA");
    return 0;
}
