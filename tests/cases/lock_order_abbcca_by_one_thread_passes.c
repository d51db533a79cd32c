#include "locks.h"

int main(void)
{
    take_pairs_by_one_thread("ABBCCA");
    return 0;
}
