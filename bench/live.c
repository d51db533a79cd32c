/* live BLOCKS LOST: a tree of so many live blocks of 64 bytes, built twelve frames deep. Tells ns
 * and bytes of memory a block, and when main ends, so that the check at the end shows. With LOST a
 * hundred more are dropped. */
#include "bench.h"

/*   root ── left, right ──▶ the tree, level by level       parent ── next ──▶ … ──▶ newest   */
struct node {
    struct node *left, *right, *next;
    char rest[40];
};

static struct node *root;

static NOINLINE struct node *make(void)
{
    struct node *n = malloc(sizeof(*n));
    if (!n)
        _exit(2);
    n->left = n->right = n->next = NULL;
    return seen(n);
}

static NOINLINE void build(long n)
{
    struct node *newest = root = make(), *parent = root;
    for (long i = 1; i < n; i++) {
        newest = newest->next = make();
        if (i & 1) {
            parent->left = newest;
        } else {
            parent->right = newest;
            parent = parent->next;
        }
    }
}

static NOINLINE void down(long depth, long n)
{
    if (depth > 0)
        down(depth - 1, n);
    else
        build(n);
    seen(&root);
}

static NOINLINE void lose(void)
{
    for (int i = 0; i < 100; i++)
        seen(make());
}

int main(int argc, char **argv)
{
    long n = number(argc, argv, 1, 1000000);
    long lost = number(argc, argv, 2, 0);
    double memory = resident_bytes();
    uint64_t begin = thread_ns();
    down(7, n);
    tell("build_ns", (double)(thread_ns() - begin) / (double)n);
    tell("block_bytes", (resident_bytes() - memory) / (double)n);
    if (lost)
        lose();
    tell("end_of_main", (double)now_ns() / 1e3);
    return 0;
}
