/* Stacks that the program makes and switches to by itself (ucontext), in memory of share=precise. A
 * signal's frame has no place on a stack that may not be written to, so that faults there cannot be
 * told of: what is wrong is told of before the stack is used.
 *
 * A share that is to be a stack is told of as of a call that stores into it, and the owner's
 * address is the stack. A loan that was given back while a context slept on it is told of when that
 * is waked. The real ones are gone to by a jump: what they save and restore is the caller's own
 * frame. */
#include "hook/land.h"

#include <stdarg.h>
#include <ucontext.h>

#define WORDS 16 /* arguments that are passed on; with more the share stays the stack */

/* The call's own frame, as it began: the address to return to is on top. */
#define REGS_OF_FRAME(frame, base)                                                                 \
    ((struct regs){.pc = *(frame), .sp = (uintptr_t)((frame) + 1), .bp = (base)})

static void make_on_share(ucontext_t *context, void (*function)(void), int nwords, ...)
{
    struct regs at = REGS_OF_CALLER();
    struct landing landing;
    stack_t *stack = &context->uc_stack;
    void *share = stack->ss_sp;
    long w[WORDS] = {0};
    va_list list;
    va_start(list, nwords);
    for (int i = 0; i < nwords && i < WORDS; i++)
        w[i] = va_arg(list, long);
    va_end(list);
    stack->ss_sp = land(&landing, share, stack->ss_size, "makecontext", &at);
    csan__real.makecontext(context, function, nwords, w[0], w[1], w[2], w[3], w[4], w[5], w[6],
                           w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15]);
    stack->ss_sp = share;
    landed(&landing, 1);
}

/* Where each goes on to. */
__attribute__((used)) static void *making(const ucontext_t *context, void (*function)(void),
                                          uintptr_t nwords)
{
    (void)function;
    csan__real_ready();
    bool on_share = csan__colour_holds((uintptr_t)context->uc_stack.ss_sp) && (int)nwords <= WORDS;
    return on_share ? (void *)make_on_share : (void *)csan__real.makecontext;
}

static void look(const ucontext_t *next, const char *call, const uintptr_t *frame, uintptr_t base)
{
    struct regs at = REGS_OF_FRAME(frame, base);
    uintptr_t sp = (uintptr_t)next->uc_mcontext.gregs[REG_RSP];
    lift((const void *)sp, 1, call, &at);
}

__attribute__((used)) static void *setting(const ucontext_t *next, const void *unused,
                                           uintptr_t unused_too, const uintptr_t *frame,
                                           uintptr_t base)
{
    (void)unused;
    (void)unused_too;
    csan__real_ready();
    look(next, "setcontext", frame, base);
    return (void *)csan__real.setcontext;
}

__attribute__((used)) static void *swapping(const ucontext_t *now, const ucontext_t *next,
                                            uintptr_t unused, const uintptr_t *frame,
                                            uintptr_t base)
{
    (void)now;
    (void)unused;
    csan__real_ready();
    look(next, "swapcontext", frame, base);
    return (void *)csan__real.swapcontext;
}

/* With three arguments of the call's, its frame and its caller's rbp. */
#define GO_ON_TO(where)                                                                            \
    __asm__("push %rdi\n\t.cfi_adjust_cfa_offset 8\n\t"                                            \
            "push %rsi\n\t.cfi_adjust_cfa_offset 8\n\t"                                            \
            "push %rdx\n\t.cfi_adjust_cfa_offset 8\n\t"                                            \
            "push %rcx\n\t.cfi_adjust_cfa_offset 8\n\t"                                            \
            "push %r8\n\t.cfi_adjust_cfa_offset 8\n\t"                                             \
            "push %r9\n\t.cfi_adjust_cfa_offset 8\n\t"                                             \
            "sub $8, %rsp\n\t.cfi_adjust_cfa_offset 8\n\t"                                         \
            "lea 56(%rsp), %rcx\n\t"                                                               \
            "mov %rbp, %r8\n\t"                                                                    \
            "call " #where "\n\t"                                                                  \
            "add $8, %rsp\n\t.cfi_adjust_cfa_offset -8\n\t"                                        \
            "pop %r9\n\t.cfi_adjust_cfa_offset -8\n\t"                                             \
            "pop %r8\n\t.cfi_adjust_cfa_offset -8\n\t"                                             \
            "pop %rcx\n\t.cfi_adjust_cfa_offset -8\n\t"                                            \
            "pop %rdx\n\t.cfi_adjust_cfa_offset -8\n\t"                                            \
            "pop %rsi\n\t.cfi_adjust_cfa_offset -8\n\t"                                            \
            "pop %rdi\n\t.cfi_adjust_cfa_offset -8\n\t"                                            \
            "jmp *%rax")

__attribute__((naked)) CSAN_API void makecontext(__attribute__((unused)) ucontext_t *context,
                                                 __attribute__((unused)) void (*function)(void),
                                                 __attribute__((unused)) int nwords, ...)
{
    GO_ON_TO(making);
}

__attribute__((naked)) CSAN_API int setcontext(__attribute__((unused)) const ucontext_t *next)
{
    GO_ON_TO(setting);
}

__attribute__((naked)) CSAN_API int swapcontext(__attribute__((unused)) ucontext_t *restrict now,
                                                __attribute__((unused))
                                                const ucontext_t *restrict next)
{
    GO_ON_TO(swapping);
}
