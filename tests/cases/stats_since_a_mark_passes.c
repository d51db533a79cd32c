// plain: no
#include "case.h"

#include <csan.h>

static struct csan_stats s;

static void *from_a_thread(void *arg)
{
    free(keep(malloc(5)));
    return arg;
}

int main(void)
{
    void *older = keep(malloc(1000));
    csan_mark_t outer = csan_mark();
    free(older);
    void *a = keep(malloc(100)), *b = keep(calloc(3, 10));
    s = csan_stats(outer);
    MUST(s.allocations == 2 && s.frees == 1 && s.bytes == 130 && s.temporary == 0);
    MUST(s.live_blocks == 2 && s.live_bytes == 130 && s.peak_bytes == 0);

    csan_mark_t inner = csan_mark();
    a = keep(realloc(a, 5000));
    free(keep(malloc(2000)));
    free(b);
    s = csan_stats(inner);
    MUST(s.allocations == 2 && s.frees == 3 && s.bytes == 7000 && s.temporary == 1);
    MUST(s.live_blocks == 1 && s.live_bytes == 5000 && s.peak_bytes == 6900);
    s = csan_stats(outer);
    MUST(s.allocations == 4 && s.frees == 4 && s.bytes == 7130 && s.temporary == 1);
    MUST(s.peak_bytes == 6030);

    csan_mark_t last = csan_mark();
    free(a);
    char *odd = keep(malloc(25)), *even = keep(malloc(24));
    s = csan_stats(last);
    MUST(s.peak_bytes == 0 && s.live_blocks == 2 && s.live_bytes == 49 && s.slack_bytes == 15);
    free(odd);
    free(even);
    MUST(csan_stats(last).temporary == 0 && csan_stats(last).live_blocks == 0);

    pthread_t thread;
    MUST(pthread_create(&thread, NULL, from_a_thread, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    s = csan_stats(last);
    MUST(s.temporary == 1 && s.lock_waits == 0 && s.lock_wait_ns == 0);
    return 0;
}
