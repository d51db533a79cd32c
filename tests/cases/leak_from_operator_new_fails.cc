// flags: -fsized-deallocation
// leak: leak 40 B in 1 block
#include <new>
#include <cstddef>

static __attribute__((noinline)) void allocate()
{
    void *p = ::operator new(40); /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}
