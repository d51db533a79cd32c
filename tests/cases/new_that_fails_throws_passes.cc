// flags: -Wno-alloc-size-larger-than
#include <cstdint>
#include <new>

int main()
{
    volatile std::size_t huge = PTRDIFF_MAX - 100;
    int caught = 0;
    try {
        char *volatile p = new char[huge];
        (void)p;
    } catch (const std::bad_alloc &) {
        caught = 1;
    }
    char *volatile p = new (std::nothrow) char[huge];
    return !(caught == 1 && p == nullptr);
}
