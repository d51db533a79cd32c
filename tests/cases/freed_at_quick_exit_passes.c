#include "case.h"

static void *block;

static void handler(void)
{
    free(block);
    block = NULL;
}

int main(void)
{
    block = malloc(32);
    keep(block);
    at_quick_exit(handler);
    quick_exit(0);
}
