// plain: no
// flags: -Iinclude
// stdout: ^places: [123]$
// stdout-not: is in heap block
/* Of a freed block, of returned frames and of csan's own tables nothing is said. Unoptimized,
 * the parameter of csan.h's function is one place more, or two. */
#include "case.h"
#include <csan.h>

static void *volatile global;

static NOINLINE void fill(void)
{
    void *volatile local[64];
    global = malloc(48);
    for (int i = 0; i < 64; i++)
        local[i] = global;
    void **gone = malloc(4096);
    for (int i = 0; i < 512; i++)
        gone[i] = keep(global);
    free(gone);
    MUST(local[7] == global);
}

int main(void)
{
    fill();
    int places = csan_who_points_at(global, 48, 1);
    printf("places: %d\n", places);
    return 0;
}
