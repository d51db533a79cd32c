#include "case.h"

#include <malloc.h>

static void try(void *p, size_t to)
{
    MUST(p && (uintptr_t)p % to == 0);
    free(p);
}

int main(void)
{
    for (size_t size = 0; size < 300; size += 7) {
        try(malloc(size), 16);
        try(calloc(1, size), 16);
        try(valloc(size), 4096);
        try(pvalloc(size), 4096);
        for (size_t to = 16; to <= 1 << 16; to *= 2) {
            void *p = NULL;
            try(memalign(to, size), to);
            try(aligned_alloc(to, size), to);
            MUST(posix_memalign(&p, to, size) == 0);
            try(p, to);
        }
    }
    return 0;
}
