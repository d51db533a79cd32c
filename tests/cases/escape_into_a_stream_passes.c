/* The stream is closed before its buffer goes. */
#define CLOSES
#include "escape_into_a_stream_fails.c"
