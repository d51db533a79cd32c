// plain: no
#include "case.h"

#include <csan.h>

void **all;

int main(void)
{
    for (int i = 0; i < 30; i++) {
        if (i < 10 || i >= 20) {
            void **node = keep(malloc(40));
            *node = all;
            all = node;
        }
        csan_round("request");
    }
    return 0;
}
