// findings: 1
// expect: csan\[deadlock\]: 2 threads wait for each other: mutex [0x`][^` ,:]+`?, mutex [0x`][^` ,:]+`?
#include <condition_variable>
#include <mutex>
#include <thread>

static std::mutex a, b, meet;
static std::condition_variable met;
static int here;

static void wait_for_both()
{
    std::unique_lock<std::mutex> l(meet);
    here++;
    met.notify_all();
    met.wait(l, [] { return here == 2; });
}

static void take(std::mutex &first, std::mutex &second)
{
    std::lock_guard<std::mutex> l1(first);
    wait_for_both();
    std::lock_guard<std::mutex> l2(second);
}

int main()
{
    std::thread one([] { take(a, b); }), other([] { take(b, a); });
    one.join();
    other.join();
}
