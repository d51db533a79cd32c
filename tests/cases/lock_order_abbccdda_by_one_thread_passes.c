#include "locks.h"

int main(void)
{
    take_pairs_by_one_thread("ABBCCDDA");
    return 0;
}
