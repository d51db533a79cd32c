/* It has had enough after three rounds. */
#define AT_MOST 3
#include "pool_grows_round_by_round_fails.c"
