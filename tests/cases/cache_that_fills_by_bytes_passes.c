/* With a limit that it keeps to. */
#define LIMIT 500
#include "cache_that_fills_by_bytes_fails.c"
