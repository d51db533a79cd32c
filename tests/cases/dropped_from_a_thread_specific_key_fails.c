// leak: leak 32 B in 1 block
#include "case.h"

int main(void)
{
    pthread_key_t key;
    MUST(pthread_key_create(&key, NULL) == 0);
    MUST(pthread_setspecific(key, malloc(32)) == 0); /* leak */
    MUST(pthread_setspecific(key, NULL) == 0);
    wipe_stack();
    return 0;
}
