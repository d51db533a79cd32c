/* A thread whose thread-local of a plugin had the row has ended. libc keeps the variables' block
 * with the stack, for the next thread; nobody can name them any more. */
// plugin: remembers.c
// flags: -pthread
// libs: -ldl
// args: $DIR/plugin.so
#include "escaping.h"

#include <dlfcn.h>

static void (*remember_in_thread)(char *row);

static NOINLINE void remember(const char *row)
{
    remember_in_thread(KEPT(row));
}

static void *work(void *arg)
{
    serve();
    return arg;
}

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 1], RTLD_NOW);
    pthread_t worker;
    MUST(module);
    remember_in_thread = (void (*)(char *))dlsym(module, "remember_in_thread");
    MUST(pthread_create(&worker, NULL, work, NULL) == 0);
    MUST(pthread_join(worker, NULL) == 0);
    return 0;
}
