// stdout: ^3 calls$
// flags: -std=c++17
#include <cstdio>
#include <cstdlib>
#include <new>

/* libstdc++'s new[], nothrow and delete go by the program's new and by free, as without csan. */
static int calls;

void *operator new(std::size_t n)
{
    calls++;
    return std::malloc(n);
}

int main()
{
    int *volatile a = new int(1);
    int *volatile b = new int[5];
    int *volatile c = new (std::nothrow) int(2);
    delete a;
    delete[] b;
    std::free(c);
    std::printf("%d calls\n", calls);
    return 0;
}
