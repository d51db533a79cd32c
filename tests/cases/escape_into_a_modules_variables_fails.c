/* A module that was loaded at run time keeps the row in a global and in a thread-local. */
// plugin: remembers.c
// libs: -ldl
// args: $DIR/plugin.so
// findings: 1
// expect: csan\[escape\]: 2 pointers into a buffer of cache "rows" that was evicted are still stored > max_escapes=0$
// expect: stored in global last_seen\[3\]
// expect: stored in thread-local mine
#include "escaping.h"

#include <dlfcn.h>

static void (*remember_here)(char *row), (*remember_in_thread)(char *row);

static NOINLINE void remember(const char *row)
{
    remember_here(KEPT(row));
    remember_in_thread(KEPT(row));
}

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 1], RTLD_NOW);
    MUST(module);
    remember_here = (void (*)(char *))dlsym(module, "remember_here");
    remember_in_thread = (void (*)(char *))dlsym(module, "remember_in_thread");
    serve();
    wipe_stack();
    return 0;
}
