#include "case.h"

struct node {
    struct node *next;
};

static struct node *head;

int main(void)
{
    for (int i = 0; i < 300000; i++) {
        struct node *n = malloc(sizeof(*n));
        MUST(n);
        n->next = head;
        head = n;
    }
    keep(&head);
    return 0;
}
