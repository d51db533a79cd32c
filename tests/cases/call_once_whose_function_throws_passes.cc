// flags: -pthread
// env: CSAN_MAX_BLOCKED=0
// env: CSAN_BLOCKED_AFTER=0
// env: CSAN_MAX_WAIT=off
#include "case.h"

#include <mutex>
#include <thread>

/* Who threw neither waits for it nor holds it; the next one tries again. */
static std::once_flag once;
static int calls;

static void begin()
{
    if (++calls < 3)
        throw calls;
}

static int attempt()
{
    try {
        std::call_once(once, begin);
        return 0;
    } catch (int thrown) {
        return thrown;
    }
}

int main()
{
    MUST(attempt() == 1);
    std::thread second([] { MUST(attempt() == 2); });
    second.join();
    MUST(attempt() == 0);
    MUST(attempt() == 0 && calls == 3);
    return 0;
}
