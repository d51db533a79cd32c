#include "case.h"

static void *first, *second;

static void handler(void)
{
    free(first);
    first = NULL;
}

__attribute__((destructor)) static void destructor(void)
{
    free(second);
    second = NULL;
}

int main(void)
{
    first = malloc(32);
    second = malloc(32);
    return 0;
}

__attribute__((constructor)) static void constructor(void)
{
    atexit(handler);
}
