#include "locks.h"

int main(void)
{
    take_pairs_by_one_thread("ABBA");
    return 0;
}
