// findings: 1
// expect: error: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
#include "locks.h"

int main(void)
{
    take_pairs_by_threads("ABBA");
    return 0;
}
