// flags: -pthread
// env: CSAN_DETACHED=on
#include "left.h"

int main(void)
{
    pthread_t thread;
    begin();
    MUST(pthread_create(&thread, NULL, detach_itself, NULL) == 0);
    while (sem_wait(&ended) != 0)
        ;
    MUST(pthread_create(&thread, NULL, end, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
