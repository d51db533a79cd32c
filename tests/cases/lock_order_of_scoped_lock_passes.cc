#include <mutex>
#include <thread>

static std::mutex m1, m2;

int main()
{
    for (int i = 0; i < 10; i++) {
        std::thread([] { std::scoped_lock both(m1, m2); }).join();
        std::thread([] { std::scoped_lock both(m2, m1); }).join();
    }
}
