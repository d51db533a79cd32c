// One of the many units of the program that report.sh makes: UNIT becomes its number in the
// assembler's text, so that the compiler, which is slow on headers like these, runs once.
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <unordered_map>
#include <vector>

namespace unit_UNIT
{
struct row {
    std::map<std::string, std::vector<int>> columns;
    std::unordered_map<int, std::string> names;
    std::function<void(int)> when_done;
};

template <int K> char *make_name(const std::vector<int> &from)
{
    return new char[from.size() + K];
}

template <int K> __attribute__((noinline)) void leak()
{
    std::vector<int> from(K + 1, K);
    char *volatile lost = make_name<K>(from);
    lost[0] = 'x';
    lost = nullptr;
}

template <int K> void leak_all()
{
    leak<K>();
    if constexpr (K > 1)
        leak_all<K - 1>();
}
} // namespace unit_UNIT

extern "C" void unit_UNIT_run(bool really)
{
    if (really) {
        unit_UNIT::leak_all<10>();
        return;
    }
    unit_UNIT::row row;
    std::cin >> row.columns["x"].emplace_back() >> row.names[1];
    row.when_done = [&](int n) { row.columns["y"].push_back(n); };
    row.when_done(std::regex_match(row.names[1], std::regex("a+b")));
}
