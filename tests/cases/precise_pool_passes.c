/* Loans: written to, grown by realloc, freed instead of given back, forgotten. */
// env: CSAN_SHARE=precise
#include <csan_share.h>

#include "case.h"

int main(void)
{
    csan_pool_t *lines = csan_pool("lines", 0, 0);
    char *mine = malloc(128);
    MUST(mine);
    for (int i = 0; i < 100; i++) {
        char *line = csan_lend(lines, mine, 0, 128);
        memset(line, i, 128);
        mine = csan_give_back(lines, line, 0, 128);
        MUST(mine[127] == (char)i);
    }
    char *line = csan_lend(lines, mine, 0, 128);
    char *larger = realloc(line, 500);
    MUST(larger && larger[127] == 99);
    larger[499] = 1;
    mine = csan_give_back(lines, larger, 0, 500);
    line = csan_lend(lines, mine, 0, 500);
    free(line);
    mine = malloc(64);
    MUST(mine);
    line = csan_lend(lines, mine, 0, 64);
    csan_forget(lines, line);
    line[5] = 1;
    free(line);
    wipe_stack();
    return 0;
}
