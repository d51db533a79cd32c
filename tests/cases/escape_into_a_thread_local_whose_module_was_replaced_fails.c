/* A limit: the worker's variables of a module that was unloaded are taken for those of the module
 * that libc gave its number to, where the worker has not used one of a newer module since and main
 * has. */
// plugin: remembers.c
// plugin: thread_local_holder.c
// flags: -pthread
// libs: -ldl
// args: $DIR/plugin.so $DIR/plugin2.so
// env: CSAN_MAX_THREADS=1
// findings: 1
// expect: csan\[escape\]: 1 pointer into a buffer of cache "rows"
// expect: stored in thread-local local.room\[0\]
#include "escaping.h"

#include <dlfcn.h>

static void (*remember_in_thread)(char *row);
static pthread_barrier_t served, judged;

static NOINLINE void remember(const char *row)
{
    remember_in_thread(KEPT(row));
}

static void *work(void *arg)
{
    serve();
    pthread_barrier_wait(&served);
    pthread_barrier_wait(&judged);
    return arg;
}

int main(int argc, char **argv)
{
    void *module = dlopen(argv[argc - 2], RTLD_NOW), *next;
    pthread_t worker;
    pthread_barrier_init(&served, NULL, 2);
    pthread_barrier_init(&judged, NULL, 2);
    MUST(module);
    remember_in_thread = (void (*)(char *))dlsym(module, "remember_in_thread");
    MUST(pthread_create(&worker, NULL, work, NULL) == 0);
    pthread_barrier_wait(&served);
    MUST(dlclose(module) == 0);
    csan_check(0);
    MUST((next = dlopen(argv[argc - 1], RTLD_NOW)) != NULL);
    ((void (*)(void *))dlsym(next, "hold"))(NULL);
    csan_check(0);
    pthread_barrier_wait(&judged);
    MUST(pthread_join(worker, NULL) == 0);
    return 0;
}
