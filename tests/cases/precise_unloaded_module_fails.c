/* The cache, the sharer and the store are of a module that is gone at the verdict: all are named. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// plugin: caches_rows.c
// libs: -ldl
// args: $DIR/plugin.so
// findings: 4
// expect: caches_rows\.c:23:[0-9]+: error: csan\[mutation\]: a buffer of 64 B of cache "of a module" was written to through a share
// expect: offset 3: 00 → 01
// expect: shared by thread [0-9]+: at share_row .*caches_rows\.c:16
// expect: published: at load_row .*caches_rows\.c:11
// expect: caches_rows\.c:23:[0-9]+: error: csan\[escape\]: a share of a buffer of 64 B of cache "of a module" was used after its release
// expect: released by thread [0-9]+: at release_row .*caches_rows\.c:28
// expect: ^{{at:access}}: error: csan\[escape\]: a buffer of 64 B of cache "of a module" was used after it was freed
// expect: freed: at drop_row .*caches_rows\.c:35
#include "case.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 1], RTLD_NOW);
    MUST(module);
    char *(*load)(void) = (char *(*)(void))dlsym(module, "load_row");
    char *(*share)(char *) = (char *(*)(char *))dlsym(module, "share_row");
    void (*store)(char *, int) = (void (*)(char *, int))dlsym(module, "write_to_row");
    void (*release)(char *) = (void (*)(char *))dlsym(module, "release_row");
    void (*drop)(char *) = (void (*)(char *))dlsym(module, "drop_row");
    char *volatile p = load(), *volatile row = share(p);
    store(row, 3);
    release(row);
    store(row, 4);
    drop(p);
    MUST(dlclose(module) == 0);
    MUST(*(volatile char *)p == 0); /* access */
    p = row = NULL;
    wipe_stack();
    return 0;
}
