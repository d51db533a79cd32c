/* Mappings that go: locks in them go with them, as those in a freed block do. What is mapped there
 * next is other memory, and a lock at the same address another lock.
 *
 * Memory that is mapped over (MAP_FIXED) or moved away (mremap) is gone as well. Mappings that
 * libc makes for itself are not seen here, and hold no locks of the program's. Told before the
 * call, that nobody may have the address yet; where the call fails then, less is known than could
 * be. */
#include "hook/guard.h"
#include "record/sync.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4 /* Linux 5.7; there, too, the fifth argument may be one */
#endif

static void forget(const void *start, size_t bytes, const char *call)
{
    struct thread *t = enter();
    if (!t)
        return;
    csan__sync_unmapped(t, (uintptr_t)start, bytes, call);
    leave(t);
}

CSAN_API int HOOK_NAME(munmap)(void *start, size_t bytes)
{
    forget(start, bytes, "munmap");
    if (!csan__real_ready()) {
        errno = EAGAIN;
        return -1;
    }
    return csan__real.munmap(start, bytes);
}

#define MMAP(name)                                                                                 \
    if (flags & MAP_FIXED && !(flags & MAP_FIXED_NOREPLACE))                                       \
        forget(start, bytes, #name);                                                               \
    if (!csan__real_ready()) {                                                                     \
        errno = EAGAIN;                                                                            \
        return MAP_FAILED;                                                                         \
    }                                                                                              \
    return csan__real.name(start, bytes, protection, flags, fd, at)

CSAN_API void *HOOK_NAME(mmap)(void *start, size_t bytes, int protection, int flags, int fd,
                               off_t at)
{
    MMAP(mmap);
}

CSAN_API void *HOOK_NAME(mmap64)(void *start, size_t bytes, int protection, int flags, int fd,
                                 off64_t at)
{
    MMAP(mmap64);
}

/* Grown where it is, it keeps what it has. */
CSAN_API void *HOOK_NAME(mremap)(void *start, size_t bytes, size_t wanted, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    void *to = flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? va_arg(arguments, void *) : NULL;
    va_end(arguments);
    if (flags & MREMAP_FIXED)
        forget(to, wanted, "mremap");
    if (wanted < bytes)
        forget((const char *)start + wanted, bytes - wanted, "mremap");
    if (!csan__real_ready()) {
        errno = EAGAIN;
        return MAP_FAILED;
    }
    void *now = csan__real.mremap(start, bytes, wanted, flags, to);
    if (now != MAP_FAILED && now != start)
        forget(start, bytes, "mremap");
    return now;
}
