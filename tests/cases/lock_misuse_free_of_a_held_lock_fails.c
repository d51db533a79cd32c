// findings: 1
// expect: ^{{at:freed}}: error: csan\[lock-misuse\]: memory of mutex [0x`][^` ,:]+`? freed while it is held
// expect: held by this thread, which took it: at main .*:{{line:taken}}
#include "locks.h"

int main(void)
{
    pthread_mutex_t *m = malloc(2 * sizeof *m);
    MUST(pthread_mutex_init(&m[1], NULL) == 0);
    MUST(pthread_mutex_lock(&m[1]) == 0); /* taken */
    free(keep(m));                        /* freed */
    return 0;
}
