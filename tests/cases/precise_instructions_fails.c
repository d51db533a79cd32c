/* Instructions that store in ways of their own: each is carried out, with its flags and registers,
 * and is found. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// expect: ^{{at:xadd}}: error: csan\[mutation\]
// expect: ^{{at:cmpxchg}}: error: csan\[mutation\]
// expect: ^{{at:cmpxchg16b}}: error: csan\[mutation\]
// expect: ^{{at:bts}}: error: csan\[mutation\]
// expect: ^{{at:bit far away}}: error: csan\[mutation\]
// expect: ^{{at:movnti}}: error: csan\[mutation\]
// expect: ^{{at:stosw}}: error: csan\[mutation\]
// expect: ^{{at:movsd}}: error: csan\[mutation\]
// expect: ^{{at:pop}}: error: csan\[mutation\]
// expect: ^{{at:setz}}: error: csan\[mutation\]
// expect: ^{{at:fstp}}: error: csan\[mutation\]
// expect: ^{{at:maskmovdqu}}: error: csan\[mutation\]
// expect: ^{{at:rep stosw}}: error: csan\[mutation\]
// expect: ^{{at:rep movsd}}: error: csan\[mutation\]
// expect: ^{{at:close behind}}: error: csan\[mutation\]
// stdout: ^all carried out$
#include "cached.h"

#include <emmintrin.h>

static char *p, *row;

#define ASM __asm__ volatile

static NOINLINE void locked(void)
{
    uint64_t a = 5, b = 7;
    unsigned char was;
    *(uint64_t *)(p + 8) = 37;
    ASM("lock xaddq %0, %1" : "+r"(a), "+m"(*(uint64_t *)(row + 8)) : : "memory", "cc"); /* xadd */
    MUST(a == 37 && *(uint64_t *)(p + 8) == 42);
    a = 42;
    ASM("lock cmpxchgq %3, %1; setz %2" : "+a"(a), "+m"(*(uint64_t *)(row + 8)), "=q"(was) : "r"(b) : "memory", "cc"); /* cmpxchg */
    MUST(was == 1 && *(uint64_t *)(p + 8) == 7);
    uint64_t lo = 0, hi = 0;
    ASM("lock cmpxchg16b %2" : "+a"(lo), "+d"(hi), "+m"(*(char(*)[16])(row + 16)) : "b"(3ul), "c"(4ul) : "memory", "cc"); /* cmpxchg16b */
    MUST(*(uint64_t *)(p + 16) == 3 && *(uint64_t *)(p + 24) == 4);
    ASM("lock btsq %2, %1; setc %0" : "=q"(was), "+m"(*(uint64_t *)(row + 32)) : "r"(3ul) : "memory", "cc"); /* bts */
    MUST(was == 0 && p[32] == 8);
    ASM("btsq %2, %1; setc %0" : "=q"(was), "+m"(*(uint64_t *)(row + 32)) : "r"(8ul * 5000) : "memory", "cc"); /* bit far away */
    MUST(was == 0 && p[5032] == 1);
}

static NOINLINE void odd(void)
{
    void *to = row + 64, *from = p;
    uint64_t n = 0x1122334455667788;
    double d = 1.5;
    ASM("movnti %1, %0" : "=m"(*(uint64_t *)(row + 40)) : "r"(n) : "memory"); /* movnti */
    MUST(*(uint64_t *)(p + 40) == n);
    ASM("stosw" : "+D"(to) : "a"(0x4142) : "memory"); /* stosw */
    MUST(to == row + 66 && p[64] == 0x42 && p[65] == 0x41 && p[66] == 0);
    memcpy(p, "wxyz", 4);
    ASM("movsl" : "+D"(to), "+S"(from) : : "memory"); /* movsd */
    MUST(to == row + 70 && from == p + 4 && memcmp(p + 66, "wxyz", 4) == 0);
    ASM("sub $128, %%rsp; pushq $99; popq %0; add $128, %%rsp" : "=m"(*(uint64_t *)to) : "D"(to) : "memory", "cc"); /* pop */
    MUST(*(uint64_t *)(p + 70) == 99);
    ASM("xor %%eax, %%eax; setz %0" : "=m"(row[90]) : : "rax", "cc", "memory"); /* setz */
    MUST(p[90] == 1);
    ASM("fldl %1; fstpl %0" : "=m"(*(double *)(row + 96)) : "m"(d) : "memory"); /* fstp */
    MUST(*(double *)(p + 96) == 1.5);
    _mm_maskmoveu_si128(_mm_set1_epi8(7), _mm_set_epi64x(0, 0x8080), row + 112); /* maskmovdqu */
    _mm_sfence();
    MUST(p[112] == 7 && p[113] == 7 && p[114] == 0);
}

static NOINLINE void strings(void)
{
    static const char text[400] = "long text";
    void *to = row + 200, *from = (void *)(uintptr_t)text;
    size_t n = 100;
    ASM("rep stosw" : "+D"(to), "+c"(n) : "a"(0x0605) : "memory"); /* rep stosw */
    MUST(n == 0 && to == row + 400 && p[200] == 5 && p[201] == 6 && p[399] == 6 && p[400] == 0);
    to = row + 200;
    n = 100;
    ASM("rep movsl" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); /* rep movsd */
    MUST(n == 0 && to == row + 600 && memcmp(p + 200, text, 400) == 0);
    memcpy(p + 700, "abcd", 4);
    to = row + 704;
    from = p + 700; /* by the owner's address, and yet the same bytes */
    n = 60;
    ASM("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); /* close behind */
    MUST(n == 0 && memcmp(p + 760, "abcd", 4) == 0 && p[764] == 0);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    p = load(20000);
    row = (char *)csan_share(p);
    locked();
    odd();
    strings();
    puts("all carried out");
    csan_release(row);
    drop(p);
    p = row = NULL;
    return 0;
}
