// leak: leak 4 B in 1 block
#include <new>

static __attribute__((noinline)) void allocate()
{
    int *p = new (std::nothrow) int(7); /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}
