// stdout: ^it went on$
// flags: -Wno-use-after-free
// libs: -Wl,-E
// plain: no
#include "case.h"

const char *csan_default_suppressions(void);
const char *csan_default_suppressions(void)
{
    return "bad-free:release_twice\n";
}

__attribute__((noinline)) static void release_twice(void *p)
{
    free(p);
    free(keep(p));
    __asm__ volatile("");
}

int main(void)
{
    release_twice(keep(malloc(32)));
    puts("it went on");
    return 0;
}
