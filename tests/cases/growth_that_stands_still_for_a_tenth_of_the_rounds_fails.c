// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: .*, over 30 rounds, still reachable
#include "case.h"

#include <csan.h>

void **all;

int main(void)
{
    for (int i = 0; i < 30; i++) {
        if (i < 10 || i >= 13) {
            void **node = keep(malloc(40)); /* node */
            *node = all;
            all = node;
        }
        csan_round("request");
    }
    return 0;
}
