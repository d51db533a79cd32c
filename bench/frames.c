/* frames FRAMES WAY: one lost block, allocated below so many frames, main among them; with WAY 1
 * the frames are call backs out of libc's qsort. run.sh looks whether the report reaches main. */
#include "bench.h"

static long way;

static NOINLINE void make(void)
{
    seen(malloc(64));
}

static NOINLINE void down(long n);

static int compare(const void *a, const void *b)
{
    (void)b;
    down(*(const long *)a);
    return 0;
}

static NOINLINE void down(long n)
{
    long two[2] = {n - 4, n - 4};
    if (n <= 0)
        make();
    else if (way)
        qsort(two, 2, sizeof(two[0]), compare);
    else
        down(n - 1);
    seen(two);
}

int main(int argc, char **argv)
{
    way = number(argc, argv, 2, 0);
    down(number(argc, argv, 1, 12) - 3);
    return 0;
}
