// flags: -Wno-alloc-size-larger-than
#include <cstdint>
#include <new>

static int calls;

static void handler()
{
    calls++;
    std::set_new_handler(nullptr);
}

int main()
{
    volatile std::size_t huge = PTRDIFF_MAX - 100;
    std::set_new_handler(handler);
    try {
        char *volatile p = new char[huge];
        (void)p;
    } catch (const std::bad_alloc &) {
        return calls != 1;
    }
    return 2;
}
