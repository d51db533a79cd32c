/* It is made as short as it was before it goes back. */
// also: clang-O0 as for each kind of finding
#define SHRINKS
#include "pool_buffer_grows_round_by_round_fails.c"
