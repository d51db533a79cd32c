/* In the fourth round it is full. */
// also: clang-O0 as for each kind of finding
#define LIMIT 8
#include "cache_over_its_limit_in_rounds_fails.c"
