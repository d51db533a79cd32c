/* The module that remembered the row is unloaded: its variables are gone with it. */
// plugin: remembers.c
// libs: -ldl
// args: $DIR/plugin.so
#include "escaping.h"

#include <dlfcn.h>

static void (*remember_here)(char *row);

static NOINLINE void remember(const char *row)
{
    remember_here(KEPT(row));
}

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 1], RTLD_NOW);
    MUST(module);
    remember_here = (void (*)(char *))dlsym(module, "remember_here");
    serve();
    wipe_stack();
    MUST(dlclose(module) == 0);
    return 0;
}
