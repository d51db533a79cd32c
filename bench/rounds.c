/* rounds growth LIVE ROUNDS: LIVE blocks of ten stacks, and so many rounds that add one. Tells ms a
 * csan_round and ms of the verdict on all of them (growth alone: CSAN_MAX_LEAK=off).
 * rounds checks THREADS CHECKS: so many checks while threads allocate, link, grow and free. Tells
 * ms a check, and how many found something: nothing is ever lost. */
#include "bench.h"

#include <csan.h>

struct node {
    struct node *next;
    char *text;
};

static struct node *held, *shared[64][64];
static volatile int stop;

static NOINLINE void hold(long way)
{
    struct node *n;
    switch (way % 10) {
#define WAY(k)                                                                                     \
    case k:                                                                                        \
        n = seen(malloc(sizeof *n));                                                               \
        break;
        WAY(0)
        WAY(1) WAY(2) WAY(3) WAY(4) WAY(5) WAY(6) WAY(7) WAY(8) default
            : n = seen(malloc(sizeof *n));
        break;
    }
    *n = (struct node){held, NULL};
    held = n;
}

static int growth(long live, long rounds)
{
    for (long i = 0; i < live; i++)
        hold(i);
    csan_mark_t mark = csan_mark();
    uint64_t begin = now_ns(), spent = 0;
    for (long i = 0; i < rounds; i++) {
        hold(0);
        begin = now_ns();
        csan_round("request");
        spent += now_ns() - begin;
    }
    tell("round_ms", (double)spent / 1e6 / (double)rounds);
    begin = now_ns();
    int found = csan_check(mark);
    tell("verdict_ms", (double)(now_ns() - begin) / 1e6);
    tell("found", found);
    return 0;
}

static void *work(void *arg)
{
    struct node **slots = arg;
    uint32_t state = (uint32_t)(uintptr_t)arg;
    while (!stop) {
        uint32_t r = next_random(&state);
        struct node **slot = &slots[r % 64], *n = malloc(sizeof *n);
        *n = (struct node){*slot, malloc(r % 255)};
        *slot = n;
        n->text = realloc(n->text, 300 + r % 1024);
        for (n = *slot; r >> 8 & 1 && n; n = *slot) { /* other bits than the slot's */
            *slot = n->next;
            free(n->text);
            free(n);
        }
    }
    return NULL;
}

static int checks(long threads, long n)
{
    pthread_t id;
    double found = 0;
    csan_mark_t mark = csan_mark();
    for (long i = 0; i < threads; i++)
        if (pthread_create(&id, NULL, work, shared[i % 64]) != 0 || pthread_detach(id) != 0)
            return 2;
    uint64_t begin = now_ns();
    for (long i = 0; i < n; i++)
        found += csan_check(mark) != 0;
    tell("check_ms", (double)(now_ns() - begin) / 1e6 / (double)n);
    tell("false", found);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    return argv[1][0] == 'g' ? growth(number(argc, argv, 2, 0), number(argc, argv, 3, 0))
                             : checks(number(argc, argv, 2, 0), number(argc, argv, 3, 0));
}
