// expect: ^{{at:bad}}: error: csan\[bad-free\]: double free of a block of 48 B$
// expect: ^    freed first: at other .*:{{line:first}}$
// expect: ^csan: FAIL: 1 finding \(1 bad-free\)
// stdout: ^it went on$
// flags: -Wno-use-after-free -pthread
// plain: no
#include "case.h"

#include <pthread.h>

static void *p;

static void *other(void *arg)
{
    free(p); /* first */
    return arg;
}

int main(void)
{
    pthread_t t;
    p = malloc(48);
    pthread_create(&t, NULL, other, NULL);
    pthread_join(t, NULL);
    free(keep(p)); /* bad */
    puts("it went on");
    return 0;
}
