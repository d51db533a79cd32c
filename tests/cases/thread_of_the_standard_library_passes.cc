// flags: -pthread
#include <future>
#include <thread>

int main()
{
    int sum = 0;
    std::thread joined([&sum] { sum += 1; });
    joined.join();
    std::future<int> later = std::async(std::launch::async, [] { return 41; });
    return sum + later.get() == 42 ? 0 : 1;
}
