// expect: ^{{at:root}}: error: csan\[leak\]: 24 B in 1 block .*> max_leak=0
// expect: 336 B in 14 blocks behind
// findings: 1
#include "case.h"

struct node {
    struct node *left, *right;
    long number;
};

static NOINLINE struct node *grow(int depth)
{
    struct node *n = calloc(1, sizeof(*n));
    MUST(keep(n));
    if (depth > 1) {
        n->left = grow(depth - 1);
        n->right = grow(depth - 1);
    }
    return n;
}

static NOINLINE void lose(void)
{
    struct node *root = calloc(1, sizeof(*root)); /* root */
    MUST(keep(root));
    root->left = grow(3);
    root->right = grow(3);
    keep(root);
}

int main(void)
{
    lose();
    return 0;
}
