/* A loan is read and written to after it went back; the pool goes on as it would. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 2
// expect: ^{{at:read}}: error: csan\[escape\]: a buffer of 128 B of pool "lines" was used after it was given back
// expect: lent by thread [0-9]+: at main .*:{{line:lent}}$
// expect: given back by thread [0-9]+: at main .*:{{line:back}}$
// expect: ^{{at:written}}: error: csan\[escape\]: a buffer of 128 B of pool "lines" was used after it was given back
// stdout: ^x$
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_pool_t *lines = csan_pool("lines", 0, 0);
    char *mine = malloc(128);
    MUST(mine);
    volatile char *line = csan_lend(lines, mine, 0, 128); /* lent */
    line[0] = 'x';
    mine = csan_give_back(lines, (void *)line, 1, 128); /* back */
    MUST(mine[0] == 'x');
    char seen = line[0]; /* read */
    volatile char *next = csan_lend(lines, mine, 1, 128);
    MUST(next != line && next[0] == 'x');
    next[1] = 'y';
    mine = csan_give_back(lines, (void *)next, 2, 128);
    next[1] = 'y'; /* written */
    printf("%c\n", seen);
    next = line = NULL;
    wipe_stack();
    free(mine);
    return 0;
}
