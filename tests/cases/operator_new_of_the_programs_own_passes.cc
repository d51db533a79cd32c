// stdout: ^[1-9][0-9]* [1-9]
#include <cstdio>
#include <cstdlib>
#include <new>

static int given, taken;

void *operator new(std::size_t n)
{
    given++;
    void *p = std::malloc(n);
    if (!p)
        throw std::bad_alloc();
    return p;
}

void operator delete(void *p) noexcept
{
    taken++;
    std::free(p);
}

void operator delete(void *p, std::size_t) noexcept
{
    taken++;
    std::free(p);
}

int main()
{
    int *volatile p = new int(3);
    delete p;
    std::printf("%d %d\n", given, taken);
    return 0;
}
