// leak: leak 32 B in 1 block
// stdout: ^the handler ran$
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

static void handler(void)
{
    static const char text[] = "the handler ran\n";
    MUST(write(1, text, sizeof(text) - 1) == sizeof(text) - 1);
}

int main(void)
{
    lose();
    at_quick_exit(handler);
    quick_exit(0);
}
