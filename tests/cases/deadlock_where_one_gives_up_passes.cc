// flags: -pthread
// env: CSAN_LOCK_ORDER=off
/* A circle of two, in which one waits with a time-out: it stands for a while, and goes. */
#include <chrono>
#include <mutex>
#include <thread>

extern "C" {
#include "case.h"
}

static std::timed_mutex a, b;
static volatile pid_t first_tid, second_tid;

static void wait_with_a_time_out()
{
    std::lock_guard<std::timed_mutex> hold(b);
    first_tid = my_tid();
    while (!second_tid)
        sched_yield();
    wait_until_in_call(second_tid, SYS_futex);
    while (a.try_lock_for(std::chrono::milliseconds(500)))
        a.unlock();
}

int main()
{
    std::thread gives_up(wait_with_a_time_out);
    std::lock_guard<std::timed_mutex> hold(a);
    while (!first_tid)
        sched_yield();
    second_tid = my_tid();
    b.lock();
    b.unlock();
    gives_up.join();
    return 0;
}
