// findings: 1
// expect: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
#include "locks.h"

int main(void)
{
    init_locks();
    run_one(take_pairs, &(struct pairs){"BA", 1});
    pid_t child = fork();
    if (child == 0) {
        run_one(take_pairs, &(struct pairs){"AB", 1});
        run_one(take_pairs, &(struct pairs){"BA", 1});
        exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0) == child);
    return 0;
}
