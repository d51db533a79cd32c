#include "leaky.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static char *kept;

static void forget(char *p)
{
    memset(p, 1, 1);
    __asm__ volatile("" : : "r"(p) : "memory");
}

void leak_101(void)
{
    forget(malloc(101));
}

void leak_202(void)
{
    forget(malloc(202));
}

static void *run(void *arg)
{
    forget(malloc(303));
    return arg;
}

void leak_from_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, NULL) != 0)
        abort();
    pthread_join(thread, NULL);
}

/* One stack for each path through two functions that call each other. */
static void descend_left(int steps);
static void descend_right(int steps)
{
    if (steps == 0)
        forget(malloc(11));
    else if (steps % 2)
        descend_left(steps / 2);
    else
        descend_right(steps / 2);
}

static void descend_left(int steps)
{
    if (steps == 0)
        forget(malloc(12));
    else if (steps % 2)
        descend_right(steps / 2);
    else
        descend_left(steps / 2);
}

void leak_many(void)
{
    for (int path = 0; path < 50; path++)
        descend_left(64 + path);
}

void keep(void)
{
    kept = malloc(404);
}

void clean_up(void)
{
    free(kept);
    kept = NULL;
}
