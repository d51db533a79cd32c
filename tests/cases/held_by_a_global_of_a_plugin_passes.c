// plugin: leaky.c
// args: $DIR/plugin.so
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    MUST(argc == 2);
    void *plugin = dlopen(argv[1], RTLD_NOW);
    MUST(plugin);
    void (*remember)(void) = (void (*)(void))dlsym(plugin, "remember");
    MUST(remember);
    remember();
    return 0;
}
