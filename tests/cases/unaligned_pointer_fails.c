// leak: leak 32 B in 1 block
#include "case.h"

static struct __attribute__((packed)) {
    char byte;
    void *pointer;
} packed;

int main(void)
{
    packed.pointer = malloc(32); /* leak */
    keep(&packed);
    return 0;
}
