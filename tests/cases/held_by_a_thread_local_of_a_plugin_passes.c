// plugin: thread_local_holder.c
// args: $DIR/plugin.so
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    MUST(argc == 2);
    void *plugin = dlopen(argv[1], RTLD_NOW);
    MUST(plugin);
    void (*hold)(void *) = (void (*)(void *))dlsym(plugin, "hold");
    MUST(hold);
    hold(malloc(32));
    return 0;
}
