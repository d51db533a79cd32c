#include "case.h"

int main(void)
{
    pthread_key_t key;
    MUST(pthread_key_create(&key, free) == 0);
    MUST(key < 32);
    MUST(pthread_setspecific(key, malloc(32)) == 0);
    return 0;
}
