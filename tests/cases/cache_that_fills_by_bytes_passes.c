/* With a limit that it keeps to. */
// also: clang-O0 as for each kind of finding
#define LIMIT 500
#include "cache_that_fills_by_bytes_fails.c"
