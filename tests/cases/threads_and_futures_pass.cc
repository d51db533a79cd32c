// expect-status: 0
// expect-not: .
// flags: -pthread
#include <future>
#include <mutex>
#include <condition_variable>
#include <thread>
#include <vector>

int main()
{
    std::mutex mutex;
    std::condition_variable ready;
    int done = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&] {
            std::vector<int> work(100, 1);
            std::lock_guard<std::mutex> lock(mutex);
            done += work[0];
            ready.notify_one();
        });
    {
        std::unique_lock<std::mutex> lock(mutex);
        ready.wait(lock, [&] { return done == 8; });
    }
    for (auto &thread : threads)
        thread.join();
    auto later = std::async(std::launch::async, [] { return std::string(50, 'y'); });
    return later.get().size() != 50;
}
