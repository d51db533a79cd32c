/* It is made as short as it was before it goes back. */
#define SHRINKS
#include "pool_buffer_grows_round_by_round_fails.c"
