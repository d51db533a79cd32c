// libs: -ldl
#include "case.h"

#include <dlfcn.h>
#include <malloc.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_memalign(size_t, size_t);

/* Of libc's private names and of a malloc that was looked up past csan: free passes it on, also where
 * csan freed a block at that address before. */
int main(void)
{
    void *libc = dlopen("libc.so.6", RTLD_NOW);
    void *(*malloc_of_libc)(size_t) = (void *(*)(size_t))dlsym(libc, "malloc");
    for (size_t n = 1; n < 200000; n += n / 3 + 1) {
        void *foreign[4];
        foreign[0] = __libc_malloc(n);
        foreign[1] = __libc_calloc(1, n);
        foreign[2] = __libc_memalign(64, n);
        foreign[3] = malloc_of_libc(n);
        for (int i = 0; i < 4; i++) {
            if (malloc_usable_size(foreign[i]) < n)
                return 1;
            free(realloc(foreign[i], n + 1));
        }
        foreign[0] = malloc_of_libc(n);
        free(keep(malloc(n)));
        free(foreign[0]);
        for (int i = 0; i < 20; i++)
            free(keep(malloc(n)));
        for (int i = 0; i < 20; i++)
            free(malloc_of_libc(n));
    }
    dlclose(libc);
    return 0;
}
