/* The row's address is left on the stack by a function that has returned: not even a note. */
// env: CSAN_VERBOSITY=1
// expect: ^csan: PASS: no findings in
// expect-not: note:
#include "escaping.h"

static NOINLINE void remember(const char *row)
{
    char *volatile deep[512];
    for (int i = 0; i < 512; i++)
        deep[i] = KEPT(row);
    keep((void *)deep);
}

static NOINLINE void bury(const char *row)
{
    char room[8 << 10];
    memset(room, 0, sizeof room);
    remember(keep((char *)row));
    keep(room);
}

/* Only as far down as the next call's own frame. */
static NOINLINE void wipe_a_little(void)
{
    char room[512];
    memset(room, 0, sizeof room);
    keep(room);
}

/* Nothing wipes what is that far down. */
static NOINLINE void serve_deep(void)
{
    char *volatile p = calloc(1, 64);
    rows = csan_cache("rows", 0, 0);
    p = csan_publish(rows, p, 0);
    bury(csan_share(p));
    csan_release(p);
    csan_evict(rows, p);
    free(p);
    p = NULL;
}

int main(void)
{
    serve_deep();
    wipe_a_little();
    csan_check(0);
    return 0;
}
