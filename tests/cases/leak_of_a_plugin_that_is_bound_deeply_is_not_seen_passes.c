// plugin: leaky.c
// args: $DIR/plugin.so
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    MUST(argc == 2);
    void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_DEEPBIND);
    MUST(plugin);
    void (*lose)(void) = (void (*)(void))dlsym(plugin, "lose");
    MUST(lose);
    lose();
    return 0;
}
