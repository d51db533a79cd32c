/* AVX, where the processor has it: a store with a mask across two pages, of which one is nobody's. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// flags: -mavx2
// expect: error: csan\[mutation\]
// stdout: ^carried out$
#include "cached.h"

#include <immintrin.h>

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(20000), *row = (char *)csan_share(p);
    char *border = (char *)(((uintptr_t)row + 4095) & ~(uintptr_t)4095);
    size_t at = (size_t)(border - row);
    if (__builtin_cpu_supports("avx2")) {
        _mm256_storeu_si256((__m256i *)(void *)(border - 16), _mm256_set1_epi8(9));
        MUST(p[at - 16] == 9 && p[at + 15] == 9 && p[at + 16] == 0 && p[at - 17] == 0);
        __m256i mask = _mm256_set_epi32(-1, 0, 0, 0, 0, 0, 0, -1);
        _mm256_maskstore_epi32((int *)(void *)(border - 16), mask, _mm256_set1_epi32(0x01020304));
        MUST(p[at - 16] == 4 && p[at - 12] == 9 && p[at + 12] == 4 && p[at + 11] == 9);
        _mm256_stream_si256((__m256i *)(void *)(border + 32), _mm256_set1_epi8(3));
        MUST(p[at + 32] == 3 && p[at + 63] == 3);
    } else {
        memset(row, 1, 100);
    }
    puts("carried out");
    csan_release(row);
    drop(p);
    return 0;
}
