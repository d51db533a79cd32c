// plugin: leaky.c
// args: $DIR/plugin.so
// expect: csan\[leak\]: 48 B in 1 block
// expect: plugin\.so
// expect: ^    at main .*leak_of_an_unloaded_and_deleted_plugin_names_the_module_fails\.c:{{line:lose}}$
// findings: 1
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    MUST(argc == 2);
    void *plugin = dlopen(argv[1], RTLD_NOW);
    MUST(plugin);
    void (*lose)(void) = (void (*)(void))dlsym(plugin, "lose");
    MUST(lose);
    lose(); /* lose */
    MUST(dlclose(plugin) == 0);
    MUST(unlink(argv[1]) == 0);
    return 0;
}
