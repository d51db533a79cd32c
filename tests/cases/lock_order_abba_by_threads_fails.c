// findings: 1
// expect: error: csan\[lock-order\]: mutex 0x[0-9a-f]+ and mutex 0x[0-9a-f]+ are taken in both orders
#include "locks.h"

int main(void)
{
    take_pairs_by_threads("ABBA");
    return 0;
}
