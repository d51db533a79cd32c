// flags: -pthread
// findings: 1
// expect: ^{{at:taken}}: error: csan\[lock-misuse\]: mutex [0x`][^` ,:]+`? taken here is still held when its thread ends
#include "outlive.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
    outlive_first();
    return arg;
}

int main(void)
{
    pthread_mutex_lock(&lock); /* taken */
    leave_to(work);
}
