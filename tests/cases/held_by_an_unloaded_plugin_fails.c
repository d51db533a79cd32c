// plugin: leaky.c
// args: $DIR/plugin.so
// expect: ^tests/cases/plugins/leaky.c:[0-9]+:[0-9]+: error: csan\[leak\]: 48 B in 1 block
// findings: 1
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
    MUST(dlclose(plugin) == 0);
    return 0;
}
