/* The stream is closed before its buffer goes. */
// also: clang-O0 as for each kind of place
#define CLOSES
#include "escape_into_a_stream_fails.c"
