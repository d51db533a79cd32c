#include "case.h"

int main(void)
{
    pthread_key_t key = 0;
    while (key < 200)
        MUST(pthread_key_create(&key, NULL) == 0);
    MUST(pthread_setspecific(key, malloc(32)) == 0);
    return 0;
}
