/* What include/uthash_csan/uthash.h calls: guard, the caller's registers, detect/share_uthash,
 * leave.
 */
#include "detect/share.h"
#include "session/share.h"

CSAN_API void csan_uthash_added(const char *table, const void *entry, size_t n, const void *handle,
                                size_t bytes);
CSAN_API void csan_uthash_deleted(const void *entry);
CSAN_API void csan_uthash_cleared(const void *first, size_t handle);

void csan_uthash_added(const char *table, const void *entry, size_t n, const void *handle,
                       size_t bytes)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = csan__share_enter();
    if (!t)
        return;
    struct share_call c = {.self = t, .at = &at};
    csan__uthash_added(&c, table, entry, n, handle, bytes);
    csan__session_leave(t);
}

void csan_uthash_found(const void *entry)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = csan__share_enter();
    if (!t)
        return;
    struct share_call c = {.self = t, .at = &at};
    csan__uthash_found(&c, entry);
    csan__session_leave(t);
}

void csan_uthash_deleted(const void *entry)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = csan__share_enter();
    if (!t)
        return;
    struct share_call c = {.self = t, .at = &at};
    csan__uthash_deleted(&c, entry);
    csan__session_leave(t);
}

void csan_uthash_cleared(const void *first, size_t handle)
{
    struct regs at = REGS_OF_CALLER();
    struct thread *t = csan__share_enter();
    if (!t)
        return;
    struct share_call c = {.self = t, .at = &at};
    csan__uthash_cleared(&c, first, handle);
    csan__session_leave(t);
}
