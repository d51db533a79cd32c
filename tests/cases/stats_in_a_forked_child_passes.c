// plain: no
#include "case.h"

#include <csan.h>

/* A mark from before the fork means the fork. */
int main(void)
{
    csan_mark_t mark = csan_mark();
    void *p = keep(malloc(100));
    pid_t child = fork();
    MUST(child >= 0);
    if (!child) {
        void *q = keep(malloc(30));
        struct csan_stats s = csan_stats(mark);
        MUST(s.allocations == 1 && s.bytes == 30 && s.live_blocks == 1 && s.peak_bytes == 30);
        free(q);
        free(p);
        exit(0);
    }
    wait_for_status(child, 0);
    free(p);
    return 0;
}
