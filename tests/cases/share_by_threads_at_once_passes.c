/* Four threads publish, share, release and evict, each other's buffers too. */
// flags: -pthread
// env: CSAN_MAX_LEAK=off
#include <csan.h>
#include <csan_share.h>

#include "case.h"

enum { THREADS = 4, ROUNDS = 20000, SLOTS = 64 };
static csan_cache_t *rows;
static char *slots[SLOTS];
static pthread_mutex_t lock[SLOTS];

static void *run(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < ROUNDS; i++) {
        int n = rand_r(&seed) % SLOTS;
        pthread_mutex_lock(&lock[n]);
        char *p = slots[n];
        const char *row = csan_share(p + i % 100);
        pthread_mutex_unlock(&lock[n]);
        csan_release(row);
        if (i % 16)
            continue;
        char *fresh = csan_publish(rows, calloc(1, 100 + (size_t)i % 1000), 0);
        pthread_mutex_lock(&lock[n]);
        p = slots[n];
        slots[n] = fresh;
        csan_evict(rows, p);
        pthread_mutex_unlock(&lock[n]);
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    csan_disable();
    rows = csan_cache("rows", 0, 0);
    for (int i = 0; i < SLOTS; i++) {
        slots[i] = csan_publish(rows, calloc(1, 200), 0);
        pthread_mutex_init(&lock[i], NULL);
    }
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&t[i], NULL, run, (void *)(uintptr_t)(i + 1)) == 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(t[i], NULL) == 0);
    return 0;
}
