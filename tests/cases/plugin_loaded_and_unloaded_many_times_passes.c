// plugin: leaky.c
// args: $DIR/plugin.so
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    MUST(argc == 2);
    for (int i = 0; i < 200; i++) {
        void *plugin = dlopen(argv[1], RTLD_NOW);
        MUST(plugin);
        void (*remember)(void) = (void (*)(void))dlsym(plugin, "remember");
        void **global = dlsym(plugin, "plugin_global");
        MUST(remember && global);
        remember();
        free(*global);
        MUST(dlclose(plugin) == 0);
    }
    return 0;
}
