// flags: -pthread
// findings: 1
// expect: ^{{at:taken}}: error: csan\[lock-misuse\]: mutex [0x`][^` ,:]+`? taken here is still held when the process ends
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
    pthread_mutex_lock(&lock); /* taken */
    return 0;
}
