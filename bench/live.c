/* live BLOCKS LOST: a tree of so many live blocks of 64 bytes, built twelve frames deep from
 * sixteen call sites. Tells ns and bytes of memory a block, and when main ends, so that the check
 * at the end shows. With LOST a hundred of them are dropped. */
#include "bench.h"

struct node {
    struct node *left, *right;
    char rest[48];
};

static struct node *root;
static uint32_t random_state = 1;

static NOINLINE struct node *make(void)
{
    struct node *n = malloc(sizeof(*n));
    if (!n)
        _exit(2);
    n->left = n->right = NULL;
    return seen(n);
}

/* The level is where a random number's bits end: the tree stays as deep as chance makes it. */
static NOINLINE void insert(void)
{
    struct node **at = &root;
    uint32_t way = next_random(&random_state);
    while (*at) {
        at = way & 1 ? &(*at)->left : &(*at)->right;
        way = (way >> 1) | (way << 23 & 0x800000);
    }
    *at = make();
}

static NOINLINE void build(long n)
{
    for (long i = 0; i < n; i++)
        insert();
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
    uint64_t begin = now_ns();
    down(7, n);
    tell("build_ns", (double)(now_ns() - begin) / (double)n);
    tell("block_bytes", (resident_bytes() - memory) / (double)n);
    if (lost)
        lose();
    tell("end_of_main", (double)now_ns() / 1e3);
    return 0;
}
