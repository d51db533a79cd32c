// flags: -fsized-deallocation
#include <new>
#include <cstddef>

static __attribute__((noinline)) void allocate()
{
    void *p = ::operator new(40);
    __asm__ volatile("" : : "r"(p) : "memory");
    ::operator delete(p, std::size_t(40));
}

int main()
{
    allocate();
    return 0;
}
