/* Threads publish, share, store by every kind of pointer, release, move, lend, fork and free at random:
 * the bytes are at each step what they would be without csan.
 *
 *     PROGRAM [SEED [ROUNDS]] */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// env: CSAN_MAX_LEAK=off
// stdout: ^all bytes are right$
#include "cached.h"

#include <stdbool.h>

#define THREADS 3
#define BUFFERS 6
#define SHARES 60
#define LARGEST 20000
#define LOANS 4

struct buffer {
    char *at, *model;
    size_t bytes;
    bool cached;
    int nshares;
    char *shares[SHARES];
};

struct worker {
    uint64_t random;
    int rounds;
    struct buffer buffers[BUFFERS];
    struct loan {
        char *at; /* lent, or spare */
        size_t bytes;
        bool is_lent;
    } loans[LOANS];
};

static csan_pool_t *pool;

static uint32_t *common; /* a counter a thread, all in one page */

static size_t below(struct worker *w, size_t n)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (size_t)((w->random >> 11) % n);
}

static void look(struct worker *w, const struct buffer *b, const char *by)
{
    size_t at = below(w, b->bytes), n = below(w, b->bytes - at + 1);
    MUST(memcmp(by + at, b->model + at, n) == 0);
}

static void make(struct worker *w, struct buffer *b)
{
    static const size_t sizes[] = {1, 8, 64, 4000, 4096, 5000, LARGEST};
    b->bytes = below(w, 2) ? sizes[below(w, 7)] : 1 + below(w, LARGEST);
    void *p = NULL;
    if (below(w, 8) == 0)
        MUST(posix_memalign(&p, (size_t)16 << below(w, 9), b->bytes) == 0);
    else
        MUST((p = malloc(b->bytes)));
    b->model = malloc(b->bytes);
    MUST(b->model);
    for (size_t i = 0; i < b->bytes; i++)
        ((char *)p)[i] = b->model[i] = (char)below(w, 256);
    b->at = csan_publish(rows, p, 0);
    b->cached = true;
}

/* The same store twice: by that address, and into the model. */
static void store(struct worker *w, struct buffer *b, char *by)
{
    size_t at = below(w, b->bytes), n = 1 + below(w, b->bytes - at);
    uint64_t word = w->random;
    unsigned char value = (unsigned char)below(w, 256);
    void *to = by + at, *from = b->model;
    switch (below(w, 6)) {
    case 0:
        ((volatile char *)by)[at]++;
        b->model[at]++;
        break;
    case 1:
        memset(by + at, value, n);
        memset(b->model + at, value, n);
        break;
    case 2:
        memmove(by + at, by, n);
        memmove(b->model + at, b->model, n);
        break;
    case 3:
        if (at + 8 > b->bytes)
            break;
        __asm__ volatile("movq %1, %0" : "=m"(*(char(*)[8])(by + at)) : "r"(word) : "memory");
        memcpy(b->model + at, &word, 8);
        break;
    case 4:
        memmove(b->model + at, b->model, n);
        from = b->model + at;
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
        break;
    default:
        memset(b->model + at, value, n);
        __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(value) : "memory");
    }
}

static char *any_pointer(struct worker *w, struct buffer *b)
{
    return b->nshares && below(w, 4) ? b->shares[below(w, (size_t)b->nshares)] : b->at;
}

/* The owner's window: by any of the two pointers. */
static void change(struct worker *w, struct buffer *b)
{
    char *p = csan_writable(rows, any_pointer(w, b));
    store(w, b, p);
    if (b->bytes > 8 && below(w, 4) == 0)
        csan_mutable(b->at + 2, 3);
    csan_sealed(rows, any_pointer(w, b));
    csan_touch(b->at, "changed");
}

static void borrow(struct worker *w)
{
    struct loan *l = &w->loans[below(w, LOANS)];
    if (!l->at) {
        l->bytes = 1 + below(w, LARGEST);
        l->at = malloc(l->bytes);
        MUST(l->at);
    }
    char value = (char)below(w, 256);
    if (l->is_lent && below(w, 3)) {
        memset(l->at, value, l->bytes);
        MUST(l->at[0] == value && l->at[l->bytes - 1] == value);
    } else if (l->is_lent) {
        char *was = l->at;
        l->at = csan_give_back(pool, l->at, l->bytes, l->bytes);
        l->is_lent = false;
        if (below(w, 4) == 0)
            keep(*(volatile char *)was ? was : l->at); /* after it was given back */
    } else if (below(w, 4)) {
        l->at = csan_lend(pool, l->at, 0, l->bytes);
        l->is_lent = true;
    } else {
        free(l->at);
        l->at = NULL;
    }
}

static void take(struct buffer *b)
{
    if (b->nshares < SHARES && b->cached)
        b->shares[b->nshares++] = (char *)(uintptr_t)csan_share(b->at);
}

static void give(struct worker *w, struct buffer *b)
{
    if (!b->nshares)
        return;
    size_t k = below(w, (size_t)b->nshares);
    char *row = b->shares[k];
    b->shares[k] = b->shares[--b->nshares];
    csan_release(row);
    if (below(w, 3) == 0)
        look(w, b, row); /* after its release */
    if (below(w, 3) == 0)
        store(w, b, row);
}

static void end(struct worker *w, struct buffer *b)
{
    MUST(memcmp(b->at, b->model, b->bytes) == 0);
    while (b->nshares && below(w, 8))
        csan_release(b->shares[--b->nshares]);
    if (b->cached)
        csan_evict(rows, b->at);
    free(b->nshares && below(w, 2) ? b->shares[0] : b->at); /* a share is freed as well */
    free(b->model);
    *b = (struct buffer){.at = NULL};
}

static void move(struct worker *w, struct buffer *b)
{
    size_t bytes = 1 + below(w, LARGEST);
    while (b->nshares)
        csan_release(b->shares[--b->nshares]);
    if (b->cached)
        csan_evict(rows, b->at);
    b->cached = false;
    b->at = realloc(b->at, bytes);
    b->model = realloc(b->model, bytes);
    MUST(b->at && b->model);
    for (size_t i = b->bytes; i < bytes; i++)
        b->at[i] = b->model[i] = 1;
    b->bytes = bytes;
}

static void verify(const struct worker *w)
{
    for (int i = 0; i < BUFFERS; i++) {
        const struct buffer *b = &w->buffers[i];
        MUST(!b->at || memcmp(b->at, b->model, b->bytes) == 0);
        for (int k = 0; b->at && k < b->nshares; k++)
            MUST(memcmp(b->shares[k], b->model, b->bytes) == 0);
    }
}

static void step(struct worker *w);

static void child(struct worker *w)
{
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0) {
        verify(w);
        w->random ^= 0x5555;
        w->rounds = 0; /* no more forks */
        for (int i = 0; i < 20; i++)
            step(w);
        verify(w);
        _exit(0);
    }
    wait_for_status(pid, 0);
    verify(w);
}

static void step(struct worker *w)
{
    struct buffer *b = &w->buffers[below(w, BUFFERS)];
    size_t what = below(w, 200);
    if (!b->at)
        make(w, b);
    else if (what < 60)
        take(b);
    else if (what < 110)
        store(w, b, any_pointer(w, b));
    else if (what < 150)
        give(w, b);
    else if (what < 180)
        look(w, b, any_pointer(w, b));
    else if (what < 186)
        end(w, b);
    else if (what < 190)
        move(w, b);
    else if (what < 191 && w->rounds)
        child(w);
    else if (what < 195)
        borrow(w);
    else if (what < 197 && b->cached)
        change(w, b);
    else
        store(w, b, b->at);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    uint32_t *mine = common + (w->random & 7);
    for (int i = 0; i < w->rounds; i++) {
        step(w);
        uint32_t *row = (uint32_t *)(uintptr_t)csan_share(mine);
        __atomic_fetch_add(row, 1, __ATOMIC_RELAXED);
        csan_release(row);
        MUST(*mine == (uint32_t)i + 1);
    }
    verify(w);
    for (int i = 0; i < BUFFERS; i++)
        if (w->buffers[i].at)
            end(w, &w->buffers[i]);
    for (int i = 0; i < LOANS; i++)
        free(w->loans[i].at);
    return NULL;
}

int main(int argc, char **argv)
{
    static struct worker workers[THREADS];
    pthread_t threads[THREADS];
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    rows = csan_cache("rows", 0, 0);
    pool = csan_pool("spare", 0, 0);
    common = (uint32_t *)(void *)load(64);
    for (uint64_t i = 0; i < THREADS; i++) {
        workers[i].rounds = argc > 2 ? atoi(argv[2]) : 1500;
        workers[i].random = (seed * 0x9e3779b97f4a7c15 + i * 0x2545f4914f6cdd1d) << 3 | i;
        MUST(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    puts("all bytes are right");
    drop((char *)common);
    return 0;
}
