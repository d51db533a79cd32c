// flags: -std=c++17
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

template <class T> static void each()
{
    T *volatile one = new T;
    T *volatile few = new T[3];
    delete one;
    delete[] few;
    T *volatile tried = new (std::nothrow) T;
    T *volatile tried_few = new (std::nothrow) T[3];
    delete tried;
    delete[] tried_few;
    std::vector<T> many(5);
    many.resize(50);
    std::shared_ptr<T> shared = std::make_shared<T>();
}

struct alignas(128) wide {
    char bytes[256];
};

struct made {
    std::string s = std::string(100, 'x');
    ~made() {}
};

int main()
{
    each<int>();
    each<wide>();
    each<made>();
    std::ostringstream text;
    text << std::string(1000, 'y') << 7;
    ::operator delete(::operator new(40), std::nothrow);
    ::operator delete(::operator new(40, std::align_val_t(64)), std::align_val_t(64), std::nothrow);
    ::operator delete[](::operator new[](40), std::nothrow);
    try {
        throw made();
    } catch (const made &) {
    }
    return 0;
}
