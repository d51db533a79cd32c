/* In the fourth round it is full. */
#define LIMIT 8
#include "cache_over_its_limit_in_rounds_fails.c"
