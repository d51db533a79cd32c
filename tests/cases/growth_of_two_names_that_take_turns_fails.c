// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 16 B in 1 block more each round, over 12 rounds, still reachable
// expect: \(of writes\)$
#include "case.h"

#include <csan.h>

void **all;
void *read_cache;

int main(void)
{
    for (int i = 0; i < 12; i++) {
        char name[] = "reads";
        free(read_cache);
        read_cache = keep(malloc(100));
        csan_round(i % 2 ? name : NULL);
        void **n = keep(malloc(16)); /* node */
        *n = all;
        all = n;
        csan_round("writes");
    }
    return 0;
}
