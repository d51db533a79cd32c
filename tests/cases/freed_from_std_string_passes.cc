#include <string>

static __attribute__((noinline)) void allocate()
{
    auto *p = new std::string(100, 'x');
    __asm__ volatile("" : : "r"(p) : "memory");
    delete p;
}

int main()
{
    allocate();
    return 0;
}
