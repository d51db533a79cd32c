/* All of them are cleared before the row goes. */
// also: clang-O0 as for each kind of place
#define FORGETS
#include "escape_into_globals_of_every_kind_fails.c"
