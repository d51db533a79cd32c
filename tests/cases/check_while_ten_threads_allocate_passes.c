// args: 300
// env: CSAN_MAX_THREADS=off
#include "case.h"

#include <csan.h>

/* Ten threads allocate, link, move, grow and free blocks while main checks: as often as the
 * argument says (bench: 10,000). No check may call a block lost whose only pointer is on its way.
 */
enum { THREADS = 10, SLOTS = 64 };

struct node {
    struct node *next;
    char *text;
};

static struct node *shared[THREADS][SLOTS];
static volatile int stop;

static void free_all(struct node *n)
{
    while (n) {
        struct node *next = n->next;
        free(n->text);
        free(n);
        n = next;
    }
}

static void *work(void *arg)
{
    struct node **slots = arg;
    unsigned r = (unsigned)(uintptr_t)arg;
    while (!stop) {
        r = r * 1664525u + 1013904223u;
        struct node **slot = &slots[r >> 26];
        struct node *n = malloc(sizeof *n);
        n->text = malloc(r >> 16 & 255);
        n->next = *slot;
        *slot = n;
        n->text = realloc(n->text, 300 + (r >> 8 & 1023));
        if ((r >> 20 & 3) == 0) {
            struct node *all = *slot;
            *slot = NULL;
            free_all(all);
        }
    }
    for (int i = 0; i < SLOTS; i++)
        free_all(slots[i]);
    memset(slots, 0, sizeof shared[0]);
    return NULL;
}

int main(int argc, char **argv)
{
    int checks = argc > 1 ? atoi(argv[1]) : 1, wrong = 0;
    pthread_t t[THREADS];
    csan_mark_t m = csan_mark();
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&t[i], NULL, work, shared[i]) == 0);
    for (int i = 0; i < checks; i++)
        wrong += csan_check(m) != 0;
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    MUST(wrong == 0);
    return 0;
}
