#include "case.h"

struct node {
    struct node *left, *right;
};

static struct node *root;

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

int main(void)
{
    root = grow(12);
    keep(&root);
    return 0;
}
