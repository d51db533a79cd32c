// flags: -pthread
// env: CSAN_DETACHED=on
// expect: ^{{at:create}}: error: csan\[thread\]: 2 detached threads: 2 still run > max_threads=0$
// findings: 1
#include "left.h"

int main(void)
{
    begin();
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        __asm__ volatile("" : "+r"(i));
        MUST(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0); /* create */
        MUST(pthread_detach(thread) == 0);
    }
    return 0;
}
