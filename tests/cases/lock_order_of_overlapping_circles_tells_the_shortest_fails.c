// flags: -pthread
// findings: 1
// expect: error: csan\[lock-order\]: 3 locks are taken in a circle
/* AB closes a circle of three with BE, EA and one of four with BC, CD, DA. */
#include "locks.h"

int main(void)
{
    take_pairs_by_threads("BCCDDABEEAAB");
    return 0;
}
