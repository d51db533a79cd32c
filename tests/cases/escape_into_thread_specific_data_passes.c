/* It is cleared. */
// flags: -pthread
#include "escaping.h"

static pthread_key_t key;

static NOINLINE void remember(const char *row)
{
    pthread_setspecific(key, row);
    pthread_setspecific(key, NULL);
}

int main(void)
{
    MUST(pthread_key_create(&key, NULL) == 0);
    serve();
    wipe_stack();
    csan_check(0);
    return 0;
}
