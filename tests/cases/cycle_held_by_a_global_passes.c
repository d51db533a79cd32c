#include "case.h"

struct node {
    struct node *other;
};

static struct node *global;

int main(void)
{
    struct node *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
    MUST(a && b);
    a->other = b;
    b->other = a;
    global = a;
    keep(&global);
    return 0;
}
