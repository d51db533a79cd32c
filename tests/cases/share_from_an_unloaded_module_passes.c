/* It is released, by code that is still there. */
// also: clang-O0 as for each kind of place
// plugin: publishes.c
// libs: -ldl
// args: $DIR/plugin.so
#define RELEASES
#include "share_from_an_unloaded_module_fails.c"
