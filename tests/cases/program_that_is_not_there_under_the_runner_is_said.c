// mode: preload
// run: $CSAN /nowhere/at/all
// expect-status: 87
// expect: ^csan: .*/nowhere/at/all
// only: gcc-O2 nothing of it is compiled
#include "case.h"

int main(void)
{
    return 0;
}
