// flags: -pthread
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>

static std::timed_mutex a, b;
static std::shared_timed_mutex c;

static bool forwards()
{
    std::lock_guard<std::timed_mutex> first(a), second(b);
    std::lock_guard<std::shared_timed_mutex> third(c);
    return true;
}

static bool backwards()
{
    using namespace std::chrono_literals;
    std::unique_lock<std::shared_timed_mutex> first(c, 60s);
    std::unique_lock<std::timed_mutex> second(b, 60s);
    std::unique_lock<std::timed_mutex> third(a, std::chrono::system_clock::now() + 60s);
    return first && second && third;
}

int main()
{
    bool all = true;
    std::thread([&] { all &= forwards(); }).join();
    std::thread([&] { all &= backwards(); }).join();
    std::thread([&] { all &= forwards(); }).join();
    return all ? 0 : 1;
}
