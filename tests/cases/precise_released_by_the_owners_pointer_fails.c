/* Two threads have shares of one buffer, by the same stack. One gives the owner's pointer for its
 * own: that is guarded from then on, and the other's is not. */
// env: CSAN_SHARE=precise
// findings: 1
// expect: ^{{at:read}}: error: csan\[escape\]: a share of a buffer of 64 B of cache "rows" was used after its release
// expect: released by thread [0-9]+: at borrow .*:{{line:released}}$
#include "cached.h"

static char *p;
static pthread_barrier_t all;

static NOINLINE void read_held(const volatile char *row)
{
    MUST(row[4] == 0);
}

static NOINLINE void read_released(const volatile char *row)
{
    MUST(row[3] == 5); /* read */
}

static void *borrow(void *which)
{
    int is_first = *(int *)which;
    if (!is_first)
        pthread_barrier_wait(&all);
    const volatile char *row = csan_share(p);
    if (is_first)
        pthread_barrier_wait(&all);
    pthread_barrier_wait(&all);
    if (!is_first)
        csan_release(p); /* released */
    pthread_barrier_wait(&all);
    if (is_first)
        read_held(row);
    else
        read_released(row);
    if (is_first)
        csan_release((void *)row);
    return NULL;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    p = load(64);
    p[3] = 5;
    pthread_t threads[2];
    int which[2] = {0, 1};
    MUST(pthread_barrier_init(&all, NULL, 2) == 0);
    for (int i = 0; i < 2; i++)
        MUST(pthread_create(&threads[i], NULL, borrow, &which[i]) == 0);
    for (int i = 0; i < 2; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    char *last = p;
    p = NULL;
    drop(last);
    return 0;
}
