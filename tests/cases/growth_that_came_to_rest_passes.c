// plain: no
#include "case.h"

#include <csan.h>

/* All that grows and then does not: each is bounded, and reaches its bound within 20 rounds. */
#define ROUNDS 20

/* A vector that doubles. */
static int *vector;
static size_t length, capacity;

static NOINLINE void vector_push(int value)
{
    if (length == capacity) {
        capacity = capacity ? capacity * 2 : 1;
        vector = keep(realloc(vector, capacity * sizeof *vector));
    }
    vector[length++] = value;
    if (length == 100)
        length = 0;
}

/* A cache of the 12 that were used last. */
static struct entry {
    char *value;
    long used;
} cache[12];

static NOINLINE void cache_put(long now)
{
    struct entry *oldest = &cache[0];
    for (size_t i = 1; i < 12; i++)
        if (cache[i].used < oldest->used)
            oldest = &cache[i];
    free(oldest->value);
    oldest->value = keep(malloc(40 + (size_t)now % 7));
    oldest->used = now;
}

/* Singletons: each is made when it is first asked for, one of them late. */
static void *singletons[ROUNDS];

static NOINLINE void singleton(size_t i)
{
    if (!singletons[i])
        singletons[i] = keep(malloc(100));
}

/* A ring of log lines of any length. */
static char *ring[16];
static size_t ring_at;

static NOINLINE void log_line(size_t n)
{
    free(ring[ring_at]);
    ring[ring_at] = keep(malloc(10 + n * 7919 % 90));
    ring_at = (ring_at + 1) % 16;
}

/* A pool that gets one worker more with each round until there are enough. */
static pthread_t workers[8];
static size_t nworkers;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t quit_wanted = PTHREAD_COND_INITIALIZER;
static int quit;

static void *work(void *arg)
{
    void *own = keep(malloc(64));
    pthread_mutex_lock(&lock);
    while (!quit)
        pthread_cond_wait(&quit_wanted, &lock);
    pthread_mutex_unlock(&lock);
    free(own);
    return arg;
}

static NOINLINE void add_worker(void)
{
    if (nworkers < 8)
        MUST(pthread_create(&workers[nworkers++], NULL, work, NULL) == 0);
}

static void end_workers(void)
{
    pthread_mutex_lock(&lock);
    quit = 1;
    pthread_cond_broadcast(&quit_wanted);
    pthread_mutex_unlock(&lock);
    while (nworkers)
        pthread_join(workers[--nworkers], NULL);
}

/* An arena: chunks are added while a round needs more than any before it, and used again. */
static struct chunk {
    struct chunk *next;
    char room[4096];
} *chunks;

static NOINLINE void use_arena(size_t nchunks)
{
    struct chunk **c = &chunks;
    for (size_t i = 0; i < nchunks; i++, c = &(*c)->next)
        if (!*c)
            *c = keep(calloc(1, sizeof **c));
}

/* A hash table that is rehashed, and in it words of a vocabulary that is used up slowly. */
static char **words;
static size_t nwords, room;

static size_t slot_of(unsigned word)
{
    size_t at = word * 2654435761u % room;
    while (words[at] && strtoul(words[at], NULL, 10) != word)
        at = (at + 1) % room;
    return at;
}

static NOINLINE void rehash(void)
{
    char **old = words;
    size_t n = room;
    room = room ? room * 2 : 16;
    words = keep(calloc(room, sizeof *words));
    for (size_t i = 0; i < n; i++)
        if (old[i])
            words[slot_of((unsigned)strtoul(old[i], NULL, 10))] = old[i];
    free(old);
}

static NOINLINE void intern(unsigned word)
{
    if (nwords * 2 >= room)
        rehash();
    size_t at = slot_of(word);
    if (words[at])
        return;
    words[at] = keep(malloc(16));
    snprintf(words[at], 16, "%u", word);
    nwords++;
}

int main(void)
{
    unsigned random = 1;
    for (size_t i = 0; i < ROUNDS; i++) {
        vector_push((int)i);
        for (int k = 0; k < 9; k++)
            cache_put((long)i * 9 + k + 1);
        singleton(0);
        singleton(i < 15 ? i / 5 : 3);
        log_line(i);
        add_worker();
        use_arena(i < 10 ? i / 2 : 4);
        for (int k = 0; k < 20; k++) {
            random = random * 1103515245 + 12345;
            intern(1 + (random >> 16) % 128);
        }
        csan_round("round");
    }
    end_workers();
    return 0;
}
