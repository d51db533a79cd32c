// expect-status: 134
// expect-not: csan
#include "case.h"

int main(void)
{
    free(keep(malloc(32)));
    abort();
}
