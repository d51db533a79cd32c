// env: CSAN_VERBOSITY=2
// expect: ^csan: the last check took .* over 1 thread; [0-9]+ distinct stacks? so far$
// expect: ^csan: PASS: .* in verbosity_2_prints_statistics_passes$
#include "case.h"

int main(void)
{
    free(malloc(10));
    return 0;
}
