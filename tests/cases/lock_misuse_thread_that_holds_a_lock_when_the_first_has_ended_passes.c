// flags: -pthread
/* A check while another holds a lock, and the first thread has ended: that one has not. */
#include "outlive.h"

#include <csan.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t taken, checked;

static void *hold(void *arg)
{
    MUST(pthread_mutex_lock(&lock) == 0);
    pthread_barrier_wait(&taken);
    pthread_barrier_wait(&checked);
    MUST(pthread_mutex_unlock(&lock) == 0);
    return arg;
}

static void *work(void *arg)
{
    pthread_t holder;
    outlive_first();
    MUST(pthread_create(&holder, NULL, hold, NULL) == 0);
    pthread_barrier_wait(&taken);
    MUST(csan_check(csan_mark()) == 0);
    pthread_barrier_wait(&checked);
    MUST(pthread_join(holder, NULL) == 0);
    return arg;
}

int main(void)
{
    pthread_barrier_init(&taken, NULL, 2);
    pthread_barrier_init(&checked, NULL, 2);
    leave_to(work);
}
