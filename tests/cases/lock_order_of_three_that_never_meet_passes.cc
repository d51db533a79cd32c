#include <mutex>
#include <thread>

static std::mutex m1, m2, m3;

static void one()
{
    {
        std::lock_guard<std::mutex> l1(m1);
        std::lock_guard<std::mutex> l2(m2);
    }
    std::lock_guard<std::mutex> l2(m2);
    std::lock_guard<std::mutex> l3(m3);
}

static void other()
{
    std::lock_guard<std::mutex> l3(m3);
    std::lock_guard<std::mutex> l1(m1);
}

int main()
{
    std::thread([] {
        for (int i = 0; i < 10; i++)
            one();
    }).join();
    std::thread([] {
        for (int i = 0; i < 10; i++)
            other();
    }).join();
}
