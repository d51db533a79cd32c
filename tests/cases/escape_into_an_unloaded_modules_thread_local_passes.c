/* The module whose thread-local remembered the row is unloaded. libc frees a thread's variables of
 * it when the thread next uses another's; nobody can name them any more. A module that has taken
 * its place in libc's tables has none of them. */
// plugin: remembers.c
// plugin: thread_local_holder.c
// libs: -ldl
// args: $DIR/plugin.so $DIR/plugin2.so
#include "escaping.h"

#include <dlfcn.h>

static void (*remember_in_thread)(char *row);

static NOINLINE void remember(const char *row)
{
    remember_in_thread(KEPT(row));
}

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 2], RTLD_NOW);
    MUST(module);
    remember_in_thread = (void (*)(char *))dlsym(module, "remember_in_thread");
    serve();
    MUST(dlclose(module) == 0);
    csan_check(0);
    MUST(dlopen(argv[argc - 1], RTLD_NOW));
    return 0;
}
