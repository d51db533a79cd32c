/* A std::mutex is made by no function: on a stack nobody sees where its life begins and ends. */
#include <mutex>
#include <thread>

int main()
{
    std::mutex a, b;
    std::thread([&] {
        std::lock_guard<std::mutex> first(a);
        std::lock_guard<std::mutex> second(b);
    }).join();
    std::thread([&] {
        std::lock_guard<std::mutex> first(b);
        std::lock_guard<std::mutex> second(a);
    }).join();
}
