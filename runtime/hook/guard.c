#include "hook/guard.h"
#include "record/block.h"

/* By the first hook, which may come long before, or by the session's start. */
__attribute__((constructor(101))) static void tell_account(void)
{
    if (!csan__real_ready())
        return;
    csan__watchdog_create = csan__real.pthread_create;
    csan__block_real_usable = csan__real.malloc_usable_size;
    csan__block_chunk_headers = csan__real_is_glibc_heap;
}

/* Before the real functions are known, and on a thread's first hook. */
struct thread *csan__guard_first_enter(void)
{
    if (!csan__real_ready())
        return NULL;
    tell_account();
    if (csan__session_early() != 0)
        return NULL;
    return csan__thread_make();
}
