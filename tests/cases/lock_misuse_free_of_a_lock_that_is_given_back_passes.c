#include "locks.h"

int main(void)
{
    pthread_mutex_t *m = malloc(2 * sizeof *m);
    MUST(pthread_mutex_init(&m[1], NULL) == 0);
    MUST(pthread_mutex_lock(&m[1]) == 0);
    MUST(pthread_mutex_unlock(&m[1]) == 0);
    free(keep(m));
    return 0;
}
