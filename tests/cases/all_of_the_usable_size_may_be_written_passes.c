#include "case.h"

#include <malloc.h>

enum { BLOCKS = 3000 };

static unsigned char *blocks[BLOCKS];

int main(void)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t asked = i < 2000 ? i : i * 50;
        blocks[i] = i % 3 ? malloc(asked) : memalign(64, asked);
        size_t usable = malloc_usable_size(blocks[i]);
        MUST(blocks[i] && usable >= asked);
        memset(blocks[i], 0xff, usable);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t usable = malloc_usable_size(blocks[i]);
        for (size_t k = 0; k < usable; k++)
            MUST(blocks[i][k] == 0xff);
        blocks[i] = realloc(blocks[i], usable + 1);
        MUST(blocks[i]);
        memset(blocks[i], 0xee, malloc_usable_size(blocks[i]));
    }
    for (size_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    return 0;
}
