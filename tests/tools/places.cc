// The same for C++: members, templates, namespaces, lambdas, local classes.
#include <cstdio>
#include <link.h>
#include <vector>

static int first_bias(struct dl_phdr_info *info, size_t, void *arg)
{
    *static_cast<unsigned long *>(arg) = info->dlpi_addr;
    return 1;
}

__attribute__((noinline)) int print_caller(const char *name)
{
    unsigned long bias = 0;
    dl_iterate_phdr(first_bias, &bias);
    printf("%s %lx\n", name,
           reinterpret_cast<unsigned long>(__builtin_return_address(0)) - 1 - bias);
    return 1;
}

namespace app
{
struct Cache {
    __attribute__((noinline)) int insert(int key, const char *)
    {
        return print_caller("member") + key;
    }
    __attribute__((noinline)) int operator()(int key)
    {
        return print_caller("operator") + key;
    }
};

namespace
{
template <class T> __attribute__((noinline)) int hidden(const std::vector<T> &v)
{
    return print_caller("template") + static_cast<int>(v.size());
}
} // namespace

__attribute__((noinline)) int lambda(int n)
{
    auto f = [n](int k) __attribute__((noinline))
    {
        return print_caller("lambda") + n + k;
    };
    return f(2);
}

__attribute__((noinline)) int local(int n)
{
    struct Local {
        __attribute__((noinline)) static int go(int k)
        {
            return print_caller("local") + k;
        }
    };
    return Local::go(n);
}
} // namespace app

int main(int argc, char **)
{
    app::Cache cache;
    std::vector<int> v(3, argc);
    return cache.insert(argc, "x") + cache(argc) + app::hidden(v) + app::lambda(argc) +
               app::local(argc) >
           1000;
}
