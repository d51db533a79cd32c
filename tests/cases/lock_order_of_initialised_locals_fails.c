// findings: 1
// expect: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
#include "case.h"

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

int main(void)
{
    struct both here = {.turned = 0};
    pthread_mutex_init(&here.m[0], NULL);
    pthread_mutex_init(&here.m[1], NULL);
    for (int i = 0; i < 2; i++, here.turned = 1) {
        pthread_t id;
        MUST(pthread_create(&id, NULL, take_both, &here) == 0);
        MUST(pthread_join(id, NULL) == 0);
    }
    return 0;
}
