#include <new>

static __attribute__((noinline)) void allocate()
{
    int *p = new (std::nothrow) int(7);
    __asm__ volatile("" : : "r"(p) : "memory");
    delete p;
}

int main()
{
    allocate();
    return 0;
}
