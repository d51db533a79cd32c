// plain: no
#include "case.h"

#include <csan.h>

struct node {
    struct node *next;
    long value;
};

struct node *all;

static NOINLINE void add(void)
{
    struct node *n = keep(malloc(sizeof *n));
    n->next = all;
    all = n;
}

static NOINLINE void drop(void)
{
    struct node *n = all;
    all = n->next;
    free(n);
}

int main(void)
{
    add();
    for (int i = 0; i < 20; i++) {
        add();
        if (i)
            drop();
        csan_round("request");
    }
    return 0;
}
