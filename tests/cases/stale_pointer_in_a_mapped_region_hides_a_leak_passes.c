#include "case.h"

#include <sys/mman.h>

static struct {
    size_t used;
    void *items[100];
} * stack;

int main(void)
{
    stack = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(stack != MAP_FAILED);
    stack->items[stack->used++] = malloc(32);
    stack->used--; /* popped, not overwritten */
    keep(&stack);
    return 0;
}
