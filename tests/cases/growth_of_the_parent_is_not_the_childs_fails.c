// plain: no
// findings: 1
#include "case.h"

#include <csan.h>

void **all;

int main(void)
{
    for (int i = 0; i < 5; i++) {
        void **n = keep(malloc(16));
        *n = all;
        all = n;
        csan_round("request");
    }
    pid_t child = fork();
    MUST(child >= 0);
    if (!child)
        exit(0);
    wait_for_status(child, 0);
    return 0;
}
