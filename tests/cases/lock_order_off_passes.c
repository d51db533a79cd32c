// env: CSAN_LOCK_ORDER=off
#include "locks.h"

int main(void)
{
    take_pairs_by_threads("ABBA");
    return 0;
}
