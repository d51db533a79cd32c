/* A static of a module that is unloaded with a share of it out, and evicted when it is not there. */
// plugin: share_static.c
// libs: -ldl
// args: $DIR/plugin.so
#include <csan_share.h>

#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    void *module = dlopen(argv[argc - 1], RTLD_NOW);
    MUST(module);
    char *table = dlsym(module, "table");
    csan_publish_fixed(rows, table, 4096);
    csan_share(table);
    MUST(dlclose(module) == 0);
    csan_evict(rows, table);
    csan_release(table);
    return 0;
}
