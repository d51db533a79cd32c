/* None is remembered. */
// env: CSAN_MAX_LEAK=off
#define FORGETS
#include "share_of_fifty_thousand_evicted_fails.c"
