// plain: no
#include "case.h"

#include <csan.h>

void *kept[3000];

int main(void)
{
    for (int i = 0; i < 3000; i++) {
        char name[200];
        snprintf(name, sizeof name, "%d", i);
        kept[i] = keep(malloc(16));
        csan_round(name);
    }
    return 0;
}
