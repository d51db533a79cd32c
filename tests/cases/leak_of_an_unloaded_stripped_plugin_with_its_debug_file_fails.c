// plugin: leaky.c
// then: D=${BIN%/*} && cp $D/plugin.so $D/bare.so && objcopy --only-keep-debug $D/bare.so $D/bare.so.debug && (cd $D && strip bare.so && objcopy --add-gnu-debuglink=bare.so.debug bare.so)
// args: $DIR/bare.so
// expect: ^tests/cases/plugins/leaky.c:[0-9]+:[0-9]+: error: csan\[leak\]: 48 B in 1 block
// expect: ^ +at lose tests/cases/plugins/leaky.c:[0-9]+
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
    lose();
    MUST(dlclose(plugin) == 0);
    return 0;
}
