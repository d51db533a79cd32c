// plain: no
// findings: 1
// expect: ^{{at:entry}}: error: csan\[growth\]: 40 B in 1 block more each round, over 20 rounds, still reachable
#include "case.h"

#include <csan.h>

/* A table with room for 1,000 that is filled evenly: nobody could know. */
void *table[1000];

int main(void)
{
    for (int i = 0; i < 20; i++) {
        table[i % 1000] = keep(malloc(40)); /* entry */
        csan_round("request");
    }
    return 0;
}
