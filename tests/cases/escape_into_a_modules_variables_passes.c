/* They are cleared before the row goes. */
// plugin: remembers.c
// libs: -ldl
// args: $DIR/plugin.so
#define FORGETS
#include "escape_into_a_modules_variables_fails.c"
