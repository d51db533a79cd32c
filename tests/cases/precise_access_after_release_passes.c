/* More shares than there are addresses, at once and one after the other: all that is used is held. */
// env: CSAN_SHARE=precise
#include "cached.h"

#define MANY 300

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(64);
    const char *held[MANY];
    p[3] = 5;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++)
            held[i] = csan_share(p);
        for (int i = 0; i < MANY; i++) {
            MUST(held[i][3] == 5);
            csan_release(held[i]);
        }
        for (int i = 0; i < MANY; i++) {
            const char *one = csan_share(p);
            MUST(one[3] == 5);
            csan_release(one);
        }
    }
    csan_release(csan_share(p));
    const char *last = csan_share(p);
    csan_release(p); /* by the owner's pointer: any of this thread */
    (void)last;
    last = NULL;
    drop(p);
    return 0;
}
