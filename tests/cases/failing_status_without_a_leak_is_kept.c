// expect-status: 7
// expect-not: csan
#include "case.h"

int main(void)
{
    return 7;
}
