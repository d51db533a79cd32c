// flags: -pthread
// findings: 2
// expect: ^{{at:taken}}: error: csan\[lock-misuse\]: mutex [0x`][^` ,:]+`? taken here is still held when the process ends
// expect: ended: at leave tests/cases/lock_misuse_exit_by_the_holder_fails.c:{{line:exit}}
// expect: ^{{at:spin}}: error: csan\[lock-misuse\]: spin lock [0x`][^` ,:]+`? taken here is still held when the process ends
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static pthread_spinlock_t spin;

static NOINLINE void leave(void)
{
    exit(0); /* exit */
}

int main(void)
{
    MUST(pthread_spin_init(&spin, 0) == 0);
    pthread_mutex_lock(&lock); /* taken */
    pthread_spin_lock(&spin);  /* spin */
    leave();
}
