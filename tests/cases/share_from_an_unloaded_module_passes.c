/* It is released, by code that is still there. */
// plugin: publishes.c
// libs: -ldl
// args: $DIR/plugin.so
#define RELEASES
#include "share_from_an_unloaded_module_fails.c"
