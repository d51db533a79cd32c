// flags: -pthread
// env: CSAN_MAX_WAIT=350ms
// expect: error: csan\[wait\]: waited [4-9][0-9]{2} ms for (a mutex|mutex `[^`]+`) > max_wait=350ms$
// expect: ([34][0-9]{2}) ms of it while held from here: at hold_longer .*:{{line:longer}}$
// expect: (1[0-9]{2}|2[0-4][0-9]) ms of it while held from here: at hold_shortly .*:{{line:shortly}}$
// findings: 1
/* One holds it while two wait; the first of these holds it on before the second has its turn. */
#include "waits.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void hold_shortly(pthread_t threads[2], void *(*const who[2])(void *))
{
    MUST(pthread_mutex_lock(&lock) == 0); /* shortly */
    for (int i = 0; i < 2; i++)
        start_waiting(&threads[i], 1, who[i]);
    nap_ms(150);
    MUST(pthread_mutex_unlock(&lock) == 0);
}

static NOINLINE void hold_longer(void)
{
    MUST(pthread_mutex_lock(&lock) == 0); /* longer */
    nap_ms(300);
    MUST(pthread_mutex_unlock(&lock) == 0);
}

static void *come_first(void *arg)
{
    begin_to_wait();
    hold_longer();
    return arg;
}

static void *come_second(void *arg)
{
    begin_to_wait();
    MUST(pthread_mutex_lock(&lock) == 0);
    MUST(pthread_mutex_unlock(&lock) == 0);
    return arg;
}

int main(void)
{
    pthread_t threads[2];
    hold_shortly(threads, (void *(*const[2])(void *)){come_first, come_second});
    for (int i = 0; i < 2; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
