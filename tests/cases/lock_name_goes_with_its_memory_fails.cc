// flags: -pthread
// findings: 1
// expect: error: csan\[lock-misuse\]: unlock of mutex [0x`][^` ,:]+`? by a thread that does not hold it
// expect-not: stale
#include <csan.h>
#include <mutex>
#include <new>
#include <pthread.h>

alignas(std::mutex) static char destroyed_room[sizeof(pthread_mutex_t)];

static void free_of_its_memory()
{
    for (int i = 0; i < 2; i++) {
        auto *lock = new pthread_mutex_t;
        if (i == 0)
            csan_name(lock, "stale");
        pthread_mutex_init(lock, nullptr);
        if (i == 1)
            pthread_mutex_unlock(lock);
        delete lock;
    }
}

static void destruction()
{
    auto *lock = new (destroyed_room) pthread_mutex_t;
    csan_name(lock, "stale");
    pthread_mutex_init(lock, nullptr);
    pthread_mutex_destroy(lock);
    pthread_mutex_init(lock, nullptr);
}

static void another_name()
{
    csan_name(destroyed_room, "stale");
    csan_name(destroyed_room, nullptr);
}

int main()
{
    free_of_its_memory();
    destruction();
    another_name();
    return 0;
}
