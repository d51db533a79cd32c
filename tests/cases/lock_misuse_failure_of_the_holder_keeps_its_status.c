// flags: -pthread
// expect-status: 3
// expect-not: .
/* Who gives up in the middle of something does not clean up first. */
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
    pthread_mutex_lock(&lock);
    exit(3);
}
