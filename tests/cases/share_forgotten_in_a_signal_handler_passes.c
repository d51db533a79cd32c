/* It gives it back. */
#define RELEASES
#include "share_forgotten_in_a_signal_handler_fails.c"
