/* The system call instruction of x86-64. Included by os_linux.c alone. */
#ifndef CSAN_BASE_OS_X86_64_H
#define CSAN_BASE_OS_X86_64_H

static inline __attribute__((always_inline)) long trap(long nr, long a, long b, long c, long d,
                                                       long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#endif
