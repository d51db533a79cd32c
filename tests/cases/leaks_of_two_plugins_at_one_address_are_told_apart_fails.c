// plugin: leaky.c
// plugin: leaky_too.c
// args: $DIR/plugin.so $DIR/plugin2.so
// expect: ^tests/cases/plugins/leaky.c:[0-9]+:[0-9]+: error: csan\[leak\]: 48 B in 1 block
// expect: ^ +at lose tests/cases/plugins/leaky.c:[0-9]+
// expect: ^tests/cases/plugins/leaky_too.c:[0-9]+:[0-9]+: error: csan\[leak\]: 56 B in 1 block
// expect: ^ +at lose_too tests/cases/plugins/leaky_too.c:[0-9]+
// findings: 2
#include "case.h"

#include <dlfcn.h>

static void *lose_in(const char *path, const char *function)
{
    Dl_info info;
    void *plugin = dlopen(path, RTLD_NOW);
    MUST(plugin);
    void (*lose)(void) = (void (*)(void))dlsym(plugin, function);
    MUST(lose && dladdr((void *)lose, &info));
    lose();
    MUST(dlclose(plugin) == 0);
    return info.dli_fbase;
}

int main(int argc, char **argv)
{
    MUST(argc == 3);
    void *first = lose_in(argv[1], "lose"), *second = lose_in(argv[2], "lose_too");
    MUST(first == second); /* else the case shows nothing */
    return 0;
}
