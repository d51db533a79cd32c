// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 32 B in 1 block more each round, over 9984 rounds, still reachable
// expect-not: bounded
#include "case.h"

#include <csan.h>

void **all;
void *bounded[64];

int main(void)
{
    for (int i = 0; i < 10100; i++) {
        void **n = keep(malloc(32)); /* node */
        *n = all;
        all = n;
        free(bounded[i % 64]);
        bounded[i % 64] = keep(malloc(100));
        csan_round("request");
    }
    return 0;
}
