// plain: no
// findings: 1
// expect: ^{{at:text}}: error: csan\[growth\]: 24 B more each round, over 20 rounds, still reachable
// expect: ^    after round 1: 24 B in 1 block; 10: 240 B in 1 block; 20: 480 B in 1 block
#include "case.h"

#include <csan.h>

char *text;
size_t length;

int main(void)
{
    CSAN_REPEAT(20)
    {
        text = keep(realloc(text, length += 24)); /* text */
    }
    return 0;
}
