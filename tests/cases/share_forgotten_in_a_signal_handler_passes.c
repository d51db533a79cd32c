/* It gives it back. */
// also: clang-O0 as for each kind of place
#define RELEASES
#include "share_forgotten_in_a_signal_handler_fails.c"
