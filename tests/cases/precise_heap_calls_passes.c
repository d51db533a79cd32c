/* What was published is the program's block: its size, realloc in both directions, free. */
// env: CSAN_SHARE=precise
#include "cached.h"

#include <malloc.h>

static void resized(size_t from, size_t to)
{
    char *p = malloc(from);
    MUST(p);
    memset(p, 'a', from);
    p = csan_publish(rows, p, 0);
    MUST(malloc_usable_size(p) == from);
    const char *row = csan_share(p);
    MUST(malloc_usable_size((void *)row) == from && (!from || row[from - 1] == 'a'));
    csan_release(row);
    csan_evict(rows, p);
    p = realloc(p, to);
    MUST(p && malloc_usable_size(p) == to);
    for (size_t i = 0; i < (from < to ? from : to); i++)
        MUST(p[i] == 'a');
    free(p);
}

int main(void)
{
    static const size_t sizes[] = {0, 1, 24, 4000, 4016, 4024, 4096, 70000, 300000};
    rows = csan_cache("rows", 0, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        resized(sizes[i], 1);
        resized(sizes[i], 100);
        resized(sizes[i], 200000);
    }
    for (size_t align = 16; align <= 65536; align *= 2) {
        char *p = aligned_alloc(align, align);
        MUST(p);
        p = csan_publish(rows, p, 0);
        MUST((uintptr_t)p % align == 0);
        drop(p);
    }
    char *p = load(10);
    csan_evict(rows, p);
    MUST(!realloc(p, 0));
    return 0;
}
