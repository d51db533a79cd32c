// plain: no
#include "case.h"

#include <csan.h>

/* The same table, smaller. */
void *table[15];

int main(void)
{
    for (int i = 0; i < 20; i++) {
        free(table[i % 15]);
        table[i % 15] = keep(malloc(40));
        csan_round("request");
    }
    return 0;
}
