// flags: -pthread
// env: CSAN_MAX_BLOCKED=2
// env: CSAN_BLOCKED_AFTER=20ms
/* libc's getc reads past every symbol. */
#include "waits.h"

static int ends[3][2];

static void *get(void *arg)
{
    FILE *f = fdopen(*(int *)arg, "r");
    MUST(f && getc(f) == 'x');
    MUST(fclose(f) == 0);
    return arg;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        MUST(pipe(ends[i]) == 0);
        MUST(pthread_create(&threads[i], NULL, get, &ends[i][0]) == 0);
    }
    nap_ms(300);
    for (int i = 0; i < 3; i++)
        MUST(write(ends[i][1], "x", 1) == 1);
    for (int i = 0; i < 3; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    return 0;
}
