#include "case.h"

static void *grow(void *p)
{
    return realloc(p, 100000);
}

int main(void)
{
    void *p = malloc(40);
    for (int i = 0; i < 50; i++) {
        pthread_t t;
        MUST(pthread_create(&t, NULL, grow, p) == 0);
        pthread_join(t, &p);
        p = realloc(p, 40);
    }
    free(p);
    return 0;
}
