// expect-status: 0
// expect-not: .
#include <stdexcept>
#include <string>
#include <vector>

static __attribute__((noinline)) void deep(int n)
{
    std::string text(40, 'x');
    std::vector<int> numbers(10, n);
    if (n == 0)
        throw std::runtime_error(text);
    deep(n - 1);
}

int main()
{
    int caught = 0;
    for (int i = 0; i < 100; i++) {
        try {
            deep(i % 10);
        } catch (const std::exception &e) {
            caught++;
        }
    }
    return caught != 100;
}
