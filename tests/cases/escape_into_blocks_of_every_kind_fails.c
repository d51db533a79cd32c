/* The row's address stays in blocks of malloc, realloc, aligned_alloc, posix_memalign and of a size
 * that malloc maps. */
// findings: 1
// expect: csan\[escape\]: 5 pointers into a buffer of cache "rows" that was evicted are still stored > max_escapes=0$
// expect: stored in heap block of 24 bytes allocated at .*:{{line:malloc}}, offset 16
// expect: stored in heap block of 3\.9 KiB allocated at .*:{{line:realloc}}, offset 3992
// expect: stored in heap block of 128 bytes allocated at .*:{{line:aligned}}, offset 64
// expect: stored in heap block of 8\.0 KiB allocated at .*:{{line:memalign}}, offset 4096
// expect: stored in heap block of 1\.0 MiB allocated at .*:{{line:mapped}}, offset 1048568
#include "escaping.h"

static char **plain, **grown, **aligned, **on_pages, **huge;

static NOINLINE void allocate(void)
{
    void *p = NULL;
    plain = malloc(24);                        /* malloc */
    grown = realloc(malloc(16), 4000);         /* realloc */
    aligned = aligned_alloc(64, 128);          /* aligned */
    huge = calloc(1, (size_t)1 << 20);         /* mapped */
    MUST(posix_memalign(&p, 4096, 8192) == 0); /* memalign */
    on_pages = p;
    MUST(plain && grown && aligned && huge);
}

static NOINLINE void remember(const char *row)
{
    plain[2] = grown[499] = aligned[8] = on_pages[512] = huge[131071] = KEPT(row);
}

int main(void)
{
    allocate();
    serve();
    wipe_stack();
    csan_check(0);
    free(plain);
    free(grown);
    free(aligned);
    free(on_pages);
    free(huge);
    return 0;
}
