/* The code that published the row and lent it is unloaded when its share is missed: its lines are
 * still told. */
// plugin: publishes.c
// libs: -ldl
// args: $DIR/plugin.so
// findings: 1
// expect: ^tests/cases/plugins/publishes\.c:9:[0-9]+: error: csan\[unreleased\]: 1 share of cache "rows" was never released > max_escapes=0$
// expect: at serve_row tests/cases/plugins/publishes\.c:9
#include <csan_share.h>

#include "case.h"

#include <dlfcn.h>

#ifdef RELEASES
#define END(row) (csan_release(row), free(row))
#else
#define END(row) (forgotten = row)
#endif

char *volatile forgotten;

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 1], RTLD_NOW);
    MUST(module);
    const char *(*serve_row)(void) = (const char *(*)(void))dlsym(module, "serve_row");
    char *row = (char *)serve_row();
    MUST(dlclose(module) == 0);
    END(row);
    return 0;
}
