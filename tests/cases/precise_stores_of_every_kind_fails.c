/* Whatever the instruction, it is found once, and carried out. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 14
// expect: ^{{at:byte}}: error: csan\[mutation\]: a buffer of 20 KiB of cache "rows" was written to through a share
// expect: ^{{at:same}}: error: csan\[mutation\]
// expect: offset 0: what was there already$
// expect: ^{{at:atomic}}: error: csan\[mutation\]
// expect: ^{{at:swap}}: error: csan\[mutation\]
// expect: ^{{at:across}}: error: csan\[mutation\]
// expect: ^{{at:vector}}: error: csan\[mutation\]
// expect: offset 100: 00 00 00 00 00 00 00 00 → 09 09 09 09 09 09 09 09 …$
// expect: ^{{at:rep stos}}: error: csan\[mutation\]
// expect: ^{{at:rep movs}}: error: csan\[mutation\]
// expect: ^{{at:backwards}}: error: csan\[mutation\]
// expect: ^{{at:overlapping}}: error: csan\[mutation\]
// expect: ^{{at:fxsave}}: error: csan\[mutation\]
// expect: ^{{at:memset}}: error: csan\[mutation\]
// expect: ^{{at:strcpy}}: error: csan\[mutation\]
// stdout: ^all carried out$
#include "cached.h"

#include <emmintrin.h>
#include <stdbool.h>

#define ROOM 20000

static char *p, *row;

static NOINLINE void plain(void)
{
    *(volatile char *)row = 1; /* byte */
    MUST(p[0] == 1);
    *(volatile char *)row = 1; /* same */
    *(volatile uint64_t *)(row + 16) = 40;
    __atomic_fetch_add((uint64_t *)(row + 16), 2, __ATOMIC_SEQ_CST); /* atomic */
    MUST(*(uint64_t *)(p + 16) == 42);
    uint64_t seen = 42;
    __atomic_compare_exchange_n((uint64_t *)(row + 16), &seen, 7, false, __ATOMIC_SEQ_CST, /* swap */
                                __ATOMIC_SEQ_CST);
    MUST(*(uint64_t *)(p + 16) == 7);
}

static NOINLINE void wide(void)
{
    char *border = (char *)(((uintptr_t)row + 4095) & ~(uintptr_t)4095);
    uint64_t word = 0x1122334455667788;
    __asm__ volatile("movq %1, %0" : "=m"(*(uint64_t *)(border - 3)) : "r"(word) : "memory"); /* across */
    MUST(memcmp(p + (border - row) - 3, &word, 8) == 0);
    _mm_storeu_si128((__m128i *)(row + 100), _mm_set1_epi8(9)); /* vector */
    MUST(p[100] == 9 && p[115] == 9 && p[116] == 0);
}

static NOINLINE void strings(void)
{
    static const char text[9000] = "text";
    void *to = row + 200, *from = (void *)(uintptr_t)text;
    size_t n = 9000;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(5) : "memory"); /* rep stos */
    MUST(n == 0 && to == row + 9200 && p[200] == 5 && p[9199] == 5 && p[9200] == 0);
    to = row + 200;
    n = 1125;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); /* rep movs */
    MUST(n == 0 && to == row + 9200 && memcmp(p + 200, text, 9000) == 0);
    to = row + 307;
    from = (void *)(uintptr_t)(text + 7);
    n = 8;
    __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); /* backwards */
    MUST(n == 0 && to == row + 299 && memcmp(p + 300, text, 8) == 0);
    to = row + 12001;
    from = row + 12000;
    p[12000] = 'x';
    n = 5000;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); /* overlapping */
    MUST(p[12001] == 'x' && p[17000] == 'x' && p[17001] == 0);
}

static NOINLINE void others(void)
{
    char *border = (char *)(((uintptr_t)row + 8191) & ~(uintptr_t)4095) + 8192;
    unsigned mask = 0;
    __asm__ volatile("fxsave %0" : "=m"(*(char(*)[512])(border - 256)) : : "memory"); /* fxsave */
    memcpy(&mask, p + (border - row) - 256 + 24, sizeof mask);
    MUST(mask == 0x1f80);
}

static NOINLINE void calls(void)
{
    volatile size_t n = 300;
    char *(*volatile copy)(char *, const char *) = strcpy;
    memset(row + 400, 3, n); /* memset */
    MUST(p[400] == 3 && p[699] == 3 && p[700] == 0);
    copy(row + 18100, "long enough for no register at all, and for two as well"); /* strcpy */
    MUST(strlen(p + 18100) == 55);
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    p = load(ROOM);
    row = (char *)csan_share(p);
    plain();
    wide();
    strings();
    others();
    calls();
    puts("all carried out");
    csan_release(row);
    drop(p);
    p = row = NULL;
    return 0;
}
