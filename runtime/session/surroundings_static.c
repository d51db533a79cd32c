#include "session/surroundings.h"

#include "record/cfi.h"

#include <stdlib.h>

/* A static libc calls malloc while it sets up _dl_find_object. */
void csan__surroundings_early(void)
{
    csan__cfi_use_find_object(false);
}

void csan__surroundings_started(void)
{
    csan__cfi_use_find_object(true);
}

const char *csan__surroundings_in_the_way(void)
{
    return NULL;
}

bool csan__surroundings_has_libc_apart(void)
{
    return false;
}

uintptr_t csan__surroundings_exit(void)
{
    return (uintptr_t)exit;
}

const char *csan__surroundings_own_path(void)
{
    return "";
}

bool csan__surroundings_refer_to(const char *function)
{
    (void)function;
    return false;
}
