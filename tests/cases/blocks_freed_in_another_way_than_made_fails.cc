// expect: ^{{at:one}}: error: csan\[bad-free\]: delete\[\] of a block of 4 B made by new$
// expect: ^{{at:malloced}}: error: csan\[bad-free\]: delete of a block of 40 B made by malloc$
// expect: ^{{at:grown}}: error: csan\[bad-free\]: realloc of a block of 20 B made by new\[\]$
// expect: ^{{at:freed}}: error: csan\[bad-free\]: free of a block of 64 B made by new$
// expect: ^{{at:large}}: error: csan\[bad-free\]: free of a block of 1.0 MiB made by new\[\]$
// expect: ^{{at:twice}}: error: csan\[bad-free\]: delete of a block of 8 B that is free already$
// expect: ^csan: FAIL: 6 findings \(6 bad-free\)
// stdout: ^it went on: 7$
// flags: -Wno-mismatched-new-delete -Wno-use-after-free -std=c++17
// plain: no
#include <cstdio>
#include <cstdlib>
#include <new>

struct alignas(64) wide {
    char bytes[64];
};

int main()
{
    int *volatile one = new int(1);
    delete[] one; /* one */
    void *volatile malloced = std::malloc(40);
    ::operator delete(malloced); /* malloced */
    int *volatile grown = new int[5];
    grown[4] = 7;
    int *volatile moved = (int *)std::realloc(grown, 80); /* grown */
    wide *volatile aligned = new wide;
    std::free(aligned); /* freed */
    char *volatile large = new char[1 << 20];
    std::free(large); /* large */
    long *volatile twice = new long(1);
    delete twice;
    ::operator delete(twice); /* twice */
    std::printf("it went on: %d\n", moved[4]);
    std::free(moved);
    return 0;
}
