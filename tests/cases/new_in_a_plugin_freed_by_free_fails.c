// then: g++ -fPIC -shared -o ${BIN%/*}/cxx.so tests/cases/plugins/takes_and_makes.cc
// args: $DIR/cxx.so
// expect: ^{{at:bad}}: error: csan\[bad-free\]: free of a block of 16 B made by new\[\]$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^it went on$
// libs: -ldl
// plain: no
#include "case.h"

#include <dlfcn.h>

/* A program in C: libstdc++.so comes with the plugin. */
int main(int argc, char **argv)
{
    MUST(argc > 1);
    void *plugin = dlopen(argv[1], RTLD_NOW);
    MUST(plugin);
    int *(*make_array)(void) = (int *(*)(void))dlsym(plugin, "make_array");
    free(make_array()); /* bad */
    puts("it went on");
    return 0;
}
