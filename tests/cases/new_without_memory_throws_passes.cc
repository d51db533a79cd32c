// stdout: ^thrown, null, 2 asked, thrown, made$
// flags: -std=c++17 -Wno-alloc-size-larger-than
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/resource.h>

static int asked;
static void *volatile reserve;

static void give_up()
{
    asked++;
    std::set_new_handler(nullptr);
}

static void use_reserve()
{
    std::free(reserve);
    reserve = nullptr;
    std::set_new_handler(nullptr);
}

static const char *huge(bool handled)
{
    volatile std::size_t n = PTRDIFF_MAX / 2;
    if (handled)
        std::set_new_handler(give_up);
    try {
        char *volatile p = new char[n];
        delete[] p;
        return "made";
    } catch (const std::bad_alloc &) {
        return "thrown";
    }
}

int main()
{
    const char *first = huge(false);
    volatile std::size_t n = PTRDIFF_MAX / 2;
    std::set_new_handler(give_up);
    void *volatile null = ::operator new(n, std::nothrow);
    const char *second = huge(true);
    reserve = std::malloc(std::size_t(512) << 20);
    struct rlimit all, little = {std::size_t(640) << 20, RLIM_INFINITY};
    getrlimit(RLIMIT_DATA, &all);
    little.rlim_max = all.rlim_max;
    setrlimit(RLIMIT_DATA, &little);
    std::set_new_handler(use_reserve);
    char *volatile p = new char[std::size_t(400) << 20];
    setrlimit(RLIMIT_DATA, &all);
    std::printf("%s, %s, %d asked, %s, %s\n", first, null ? "not null" : "null", asked, second,
                p ? "made" : "not made");
    delete[] p;
    return 0;
}
