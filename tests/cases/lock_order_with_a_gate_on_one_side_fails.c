// findings: 1
// expect: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
#include "locks.h"

static void *behind_the_gate(void *arg)
{
    MUST(pthread_mutex_lock(&locks['G' - 'A']) == 0);
    take_pairs(arg);
    MUST(pthread_mutex_unlock(&locks['G' - 'A']) == 0);
    return NULL;
}

int main(void)
{
    init_locks();
    run_one(behind_the_gate, &(struct pairs){"AB", 1});
    run_one(take_pairs, &(struct pairs){"BA", 1});
    return 0;
}
