/* It has had enough after three rounds. */
// also: clang-O0 as for each kind of finding
#define AT_MOST 3
#include "pool_grows_round_by_round_fails.c"
