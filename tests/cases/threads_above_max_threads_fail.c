// flags: -pthread
// expect-status: 86
// env: CSAN_MAX_THREADS=2
// expect: ^{{at:start}}: error: csan\[thread\]: 3 threads never joined nor detached: .* > max_threads=2$
#include "left.h"

static NOINLINE pthread_t start(void *(*what)(void *))
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, what, NULL) == 0); /* start */
    return thread;
}

int main(void)
{
    begin();
    for (volatile int i = 0; i < 3; i++)
        start(wait_for_ever);
    return 0;
}
