/* It is cleared before the row goes. */
// flags: -pthread
// env: CSAN_MAX_THREADS=1
#define FORGETS
#include "escape_into_another_threads_variable_fails.c"
