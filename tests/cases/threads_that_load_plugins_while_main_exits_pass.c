// env: CSAN_MAX_THREADS=off
// flags: -pthread
// plugin: leaky.c
// args: $DIR/plugin.so
// expect-status: 0
// expect-not: .
// run: for i in $(seq 10); do $PROG $ARGS || exit; done
#include "case.h"

#include <dlfcn.h>

static pthread_barrier_t barrier;
static const char *path;

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    for (;;) {
        void *plugin = dlopen(path, RTLD_NOW);
        if (plugin)
            dlclose(plugin);
    }
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    MUST(argc == 2);
    path = argv[1];
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 2; i++)
        MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    pthread_barrier_wait(&barrier);
    return 0;
}
