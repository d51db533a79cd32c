/* Without a limit, and full after the third of five rounds. */
#define LONGEST 3
#include "cache_that_fills_by_bytes_fails.c"
