// expect: ^{{at:leak}}: error: csan\[leak\]: .* in 1 block
#include <string>

static __attribute__((noinline)) void allocate()
{
    auto *p = new std::string(100, 'x'); /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}
