/* A spare buffer carries a link, and the pool says nothing of it. */
// findings: 1
// expect: error: csan\[pool\]: a buffer of pool "nodes" was written to after it was given back
#include <csan_share.h>

#include "case.h"

struct node {
    struct node *next;
    char text[56];
};

static struct node *idle;

int main(void)
{
    csan_pool_t *pool = csan_pool("nodes", 0, 0);
    struct node *node = csan_lend(pool, calloc(1, sizeof *node), 0, sizeof *node);
    node = csan_give_back(pool, node, 0, sizeof *node);
    node->next = (struct node *)&idle;
    idle = node;
    struct node *again = csan_lend(pool, idle, 0, sizeof *idle);
    idle = NULL;
    csan_forget(pool, again);
    free(again);
    return 0;
}
