/* csan__os_call_on_stack(top, fn, arg): fn(arg) on another stack; unwindable through rbp. */
        .text
        .globl  csan__os_call_on_stack
        .hidden csan__os_call_on_stack
        .type   csan__os_call_on_stack, @function
csan__os_call_on_stack:
        .cfi_startproc
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        movq    %rdi, %rsp
        andq    $-16, %rsp
        movq    %rsi, %rax
        movq    %rdx, %rdi
        call    *%rax
        movq    %rbp, %rsp
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size   csan__os_call_on_stack, . - csan__os_call_on_stack

/* The return from a signal handler that was set by the raw system call. The bytes are those that
 * unwinders know: mov $15,%rax; syscall. */
        .text
        .globl  csan__os_sigreturn
        .hidden csan__os_sigreturn
        .type   csan__os_sigreturn, @function
        nop     /* unwinders look at the byte before the return address: not the function above's */
csan__os_sigreturn:
        .byte   0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00
        .byte   0x0f, 0x05
        .size   csan__os_sigreturn, . - csan__os_sigreturn

/* long csan__os_clone(flags, top, fn, arg): a child that shares the memory, on the stack `top`, runs
 * fn(arg) and ends by exec or exit. arg is also clone's child_tid. */
        .text
        .globl  csan__os_clone
        .hidden csan__os_clone
        .type   csan__os_clone, @function
csan__os_clone:
        .cfi_startproc
        movq    %rdx, %r9
        movq    %rcx, %r8
        andq    $-16, %rsi
        xorl    %edx, %edx
        movq    %rcx, %r10
        movl    $56, %eax               /* clone */
        syscall
        testq   %rax, %rax
        jnz     1f
        .cfi_undefined %rip
        xorl    %ebp, %ebp
        movq    %r8, %rdi
        call    *%r9
        hlt
1:      ret
        .cfi_endproc
        .size   csan__os_clone, . - csan__os_clone
/* bool csan__os_in_valgrind(void). The four rotations by 128 in all change nothing; Valgrind takes
 * them with the exchange for a request of the six words at rax, and answers in rdx (its manual,
 * "The Client Request mechanism"; 0x1001: in how many Valgrinds). */
        .globl  csan__os_in_valgrind
        .hidden csan__os_in_valgrind
        .type   csan__os_in_valgrind, @function
csan__os_in_valgrind:
        leaq    -56(%rsp), %rax
        movq    $0x1001, (%rax)
        xorl    %edx, %edx
        rolq    $3, %rdi
        rolq    $13, %rdi
        rolq    $61, %rdi
        rolq    $51, %rdi
        xchgq   %rbx, %rbx
        testq   %rdx, %rdx
        setne   %al
        ret
        .size   csan__os_in_valgrind, . - csan__os_in_valgrind
        .section .note.GNU-stack,"",@progbits
