/* The second pair of mutexes lies where the first one lay. */
#include <mutex>
#include <thread>

template <bool turned> __attribute__((noinline)) static void with_locals()
{
    std::mutex m[2];
    std::thread([&m] {
        std::lock_guard<std::mutex> first(m[turned]);
        std::lock_guard<std::mutex> second(m[!turned]);
    }).join();
}

int main()
{
    with_locals<false>();
    with_locals<true>();
}
