// libs: -static-libstdc++
#include <cstdlib>

int main()
{
    void *volatile p = new int(3);
    std::free(p);
    return 0;
}
