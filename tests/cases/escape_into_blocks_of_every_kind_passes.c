/* All of them are cleared before the row goes. */
#define FORGETS
#include "escape_into_blocks_of_every_kind_fails.c"
