/* It is cleared before the row goes. */
// also: clang-O0 as for each kind of place
// flags: -pthread
// env: CSAN_MAX_THREADS=1
#define FORGETS
#include "escape_into_another_threads_variable_fails.c"
