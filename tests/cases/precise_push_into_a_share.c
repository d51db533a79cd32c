/* A limit: a share is the stack. The kernel has no place there for the frame of the signal, and ends
 * the process by SIGSEGV. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// expect-status: 139
// stdout: ^pushes$
// stdout-not: pushed
// stderr: any
// plain: no
#include "cached.h"

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64 << 10), *top = (char *)(uintptr_t)csan_share(p) + (64 << 10);
    puts("pushes");
    fflush(stdout);
    __asm__ volatile("xchg %0, %%rsp; push $1; pop %%rax; xchg %0, %%rsp" : "+r"(top) : : "rax", "memory");
    puts("pushed");
    return 0;
}
