/* What the cases of csan_add_root share: memory that csan does not take for a root. */
#ifndef ADDED_ROOT_H
#define ADDED_ROOT_H

#include "case.h"

#include <csan.h>
#include <sys/mman.h>

/* A page that can only be read, and holds p. */
static inline void *page_of_a_file(void *p)
{
    int fd = memfd_create("page", MFD_CLOEXEC);
    MUST(fd >= 0 && ftruncate(fd, 4096) == 0 && pwrite(fd, &p, sizeof p, 64) == sizeof p);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    MUST(page != MAP_FAILED && close(fd) == 0);
    return page;
}

#endif
