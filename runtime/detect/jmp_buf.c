#include "detect/jmp_buf.h"
#include "base/os.h"
#include "detect/memory.h"
#include "record/readable.h"

/* glibc's setjmp, x86-64: rbx, rbp, r12 to r15, rsp and the pc, of which rbp and the last two are
 * rotated and mixed with a secret of the thread's. */
#define SAVED_SP ((size_t)48) /* and the pc behind it */

static uintptr_t thread_secret(void)
{
    uintptr_t secret;
    __asm__("movq %%fs:0x30, %0" : "=r"(secret));
    return secret;
}

static uintptr_t unmixed(uintptr_t word, uintptr_t secret)
{
    return (word >> 17 | word << 47) ^ secret;
}

static bool is_saved_state(const uintptr_t sp_pc[2], uintptr_t secret)
{
    uintptr_t sp = unmixed(sp_pc[0], secret), pc = unmixed(sp_pc[1], secret), here;
    return sp % 8 == 0 && !((sp | pc) >> 47) && csan__module_find_live(pc) &&
           csan__os_read_memory(&here, (const void *)sp, sizeof here) != 0;
}

bool csan__jmp_buf_holds(const struct place *p)
{
    static const uint8_t plain[] = {0, 16, 24, 32, 40}; /* where registers are as they were */
    uintptr_t secret = thread_secret(), pair[2];
    if (p->kind == PLACE_STACK || p->kind == PLACE_REGISTER)
        return false;
    bool whole = csan__readable_has(p->at, p->at + SAVED_SP + sizeof pair);
    for (size_t k = 0; k < CSAN_COUNT(plain); k++) {
        uintptr_t at = p->at + SAVED_SP - plain[k];
        if (whole && CSAN_LIKELY(unmixed(((memory_word *)at)[1], secret) >> 47))
            continue; /* no address: hardly any words get further */
        if (csan__readable_copy(pair, at, sizeof pair) && is_saved_state(pair, secret))
            return true;
    }
    return false;
}
