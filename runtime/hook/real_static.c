/* In libcsan.a: the names that libc.a has beside the ones the linker script redirects. */
#include "hook/real.h"
#include "base/os.h"

#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void __libc_free(void *);
void *__libc_memalign(size_t, size_t);
int __posix_memalign(void **, size_t, size_t);
size_t __malloc_usable_size(void *);
int __pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __pthread_join(pthread_t, void **);
int __pthread_detach(pthread_t);
void __pthread_exit(void *);
int __execve(const char *, char *const[], char *const[]);
pid_t __waitpid(pid_t, int *, int);

static void end_at_once(int status)
{
    csan__os_exit(status);
}

struct real csan__real = {
    .malloc = __libc_malloc,
    .calloc = __libc_calloc,
    .realloc = __libc_realloc,
    .free = __libc_free,
    .memalign = __libc_memalign,
    .aligned_alloc = __libc_memalign,
    .posix_memalign = __posix_memalign,
    .malloc_usable_size = __malloc_usable_size,
    .pthread_create = __pthread_create,
    .pthread_join = __pthread_join,
    .pthread_detach = __pthread_detach,
    .pthread_exit = __pthread_exit,
    ._exit = end_at_once,
    .execve = __execve,
    .waitpid = __waitpid,
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
