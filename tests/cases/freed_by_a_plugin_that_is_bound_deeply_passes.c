// plugin: frees.c
// args: $DIR/plugin.so

#include "case.h"

#include <dlfcn.h>

/* With RTLD_DEEPBIND the plugin's free is libc's own, past csan: the blocks are libc's again, lie
 * in its lists, are joined with others, are given out anew. */
enum { SIZES = 40, EACH = 30 };
static void *held[SIZES * EACH], *volatile between[SIZES * EACH], *volatile later[200];

int main(int argc, char **argv)
{
    MUST(argc == 2);
    void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_DEEPBIND);
    MUST(plugin);
    void (*give)(void *) = (void (*)(void *))dlsym(plugin, "give");
    MUST(give);
    for (int i = 0; i < SIZES * EACH; i++) {
        held[i] = malloc(24 + (size_t)(i % SIZES) * 33);
        between[i] = i % 7 ? NULL : malloc(40);
    }
    for (int i = 0; i < SIZES * EACH; i++) {
        give(held[i]);
        held[i] = i % 3 ? NULL : held[i]; /* some are still pointed at */
    }
    for (int i = 0; i < 200; i++) {
        later[i] = malloc(700 + (size_t)i * 8);
        memset(later[i], 0x5a, 700);
    }
    return 0;
}
