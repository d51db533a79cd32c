/* In libcsan.a: the names that libc.a has beside the ones the linker script redirects. */
#include "hook/real.h"

#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void __libc_free(void *);
void *__libc_memalign(size_t, size_t);
int __posix_memalign(void **, size_t, size_t);
size_t __malloc_usable_size(void *);

struct real csan__real = {
    .malloc = __libc_malloc,
    .calloc = __libc_calloc,
    .realloc = __libc_realloc,
    .free = __libc_free,
    .memalign = __libc_memalign,
    .aligned_alloc = __libc_memalign,
    .posix_memalign = __posix_memalign,
    .malloc_usable_size = __malloc_usable_size,
};
bool csan__real_is_glibc_heap = true;

bool csan__real_ready(void)
{
    return true;
}

void *csan__real_bootstrap_alloc(size_t align, size_t bytes)
{
    (void)align;
    (void)bytes;
    return NULL;
}

size_t csan__real_bootstrap_size(const void *p)
{
    (void)p;
    return 0;
}
