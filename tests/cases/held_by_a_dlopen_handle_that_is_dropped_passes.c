// plugin: leaky.c
// args: $DIR/plugin.so
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    MUST(argc == 2);
    MUST(dlopen(argv[1], RTLD_LAZY));
    MUST(dlopen("/nowhere/at/all.so", RTLD_LAZY) == NULL);
    MUST(dlerror());
    return 0;
}
