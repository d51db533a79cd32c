/* frames FRAMES: one lost block, allocated below so many frames, main among them; every second one
 * is a call back out of libc's bsearch where WAY is 1. run.sh counts what the reports show. */
#include "bench.h"

static long way;

static NOINLINE void make(void)
{
    seen(malloc(64));
}

static NOINLINE void down(long n);

static int compare(const void *key, const void *member)
{
    (void)member;
    down(*(const long *)key);
    return 0;
}

static NOINLINE void down(long n)
{
    long less = n - (way ? 3 : 1);
    if (n <= 0)
        make();
    else if (way)
        seen(bsearch(&less, &less, 1, sizeof(less), compare));
    else
        down(less);
    seen(&less);
}

int main(int argc, char **argv)
{
    way = number(argc, argv, 2, 0);
    down(number(argc, argv, 1, 12) - 3);
    return 0;
}
