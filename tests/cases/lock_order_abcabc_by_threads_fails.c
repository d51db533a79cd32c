// findings: 1
// expect: error: csan\[lock-order\]: 3 locks are taken in a circle:
#include "locks.h"

int main(void)
{
    take_pairs_by_threads("ABCABC");
    return 0;
}
