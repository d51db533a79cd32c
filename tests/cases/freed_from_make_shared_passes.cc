#include <memory>

static __attribute__((noinline)) void allocate()
{
    auto *p = new std::shared_ptr<int>(new int(3));
    __asm__ volatile("" : : "r"(p) : "memory");
    delete p;
}

int main()
{
    allocate();
    return 0;
}
