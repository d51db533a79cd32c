// leak: leak 64 B in 1 block
#include <stdexcept>

static __attribute__((noinline)) void risky(bool fail)
{
    char *volatile p = new char[64]; /* leak */
    if (fail)
        throw std::runtime_error("on the way");
    delete[] p;
}

int main()
{
    try {
        risky(true);
    } catch (const std::exception &) {
    }
    return 0;
}
