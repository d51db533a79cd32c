/* max_growth is off. */
// flags: -DROUNDS=5
// env: CSAN_MAX_GROWTH=off
#include "cache_growth_in_two_rounds_passes.c"
