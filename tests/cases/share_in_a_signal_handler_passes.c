/* A handler shares and releases while its thread may be anywhere in csan. */
// flags: -pthread
#include <csan_share.h>

#include "case.h"

#include <sys/time.h>

static char *p;

static void handle(int sig)
{
    (void)sig;
    csan_release(csan_share(p));
}

int main(void)
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    struct sigaction sa = {.sa_handler = handle, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    p = csan_publish(rows, calloc(1, 64), 0);
    MUST(sigaction(SIGALRM, &sa, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (int i = 0; i < 300000; i++) {
        const char *row = csan_share(p);
        free(keep(malloc(16)));
        csan_release(row);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    csan_evict(rows, p);
    free(p);
    p = NULL;
    return 0;
}
