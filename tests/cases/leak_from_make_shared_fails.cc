// expect: ^{{at:leak}}: error: csan\[leak\]: .* in 1 block
#include <memory>

static __attribute__((noinline)) void allocate()
{
    auto *p = new std::shared_ptr<int>(new int(3)); /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}
