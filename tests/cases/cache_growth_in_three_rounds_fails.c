/* Three rounds are, where the steps are alike. */
// flags: -DROUNDS=3
// findings: 1
// expect: csan\[growth\]: cache "rows" has 128 B more each round, over 3 rounds, and no limit > max_growth=0$
#include "cache_growth_in_two_rounds_passes.c"
