#include "locks.h"

int main(void)
{
    init_locks();
    run_one(take_pairs, &(struct pairs){"BA", 1});
    pid_t child = fork();
    if (child == 0) {
        run_one(take_pairs, &(struct pairs){"AB", 1});
        exit(0);
    }
    wait_for_status(child, 0);
    return 0;
}
