/* The allocator gives the same memory again. */
#include "locks.h"

struct both {
    pthread_mutex_t m[2];
    int turned;
};

static void *take_both(void *arg)
{
    struct both *p = arg;
    pthread_mutex_lock(&p->m[p->turned]);
    pthread_mutex_lock(&p->m[!p->turned]);
    pthread_mutex_unlock(&p->m[!p->turned]);
    pthread_mutex_unlock(&p->m[p->turned]);
    return NULL;
}

static void with(int turned)
{
    struct both *p = malloc(sizeof *p);
    *p = (struct both){{PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER}, turned};
    run_one(take_both, p);
    free(p);
}

int main(void)
{
    for (int i = 0; i < 10; i++)
        with(i & 1);
    return 0;
}
