// findings: 1
// expect: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
#include <mutex>
#include <thread>

static std::mutex m1, m2;

int main()
{
    std::thread([] {
        std::lock_guard<std::mutex> first(m1);
        std::lock_guard<std::mutex> second(m2);
    }).join();
    std::thread([] {
        std::lock_guard<std::mutex> first(m2);
        std::lock_guard<std::mutex> second(m1);
    }).join();
}
