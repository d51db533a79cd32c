// expect: ^{{at:leak}}: error: csan\[leak\]: .*in 1 block .*> max_leak=0
// expect: 2\.3 MiB in 299,?999 blocks behind
// findings: 1
#include "case.h"

struct node {
    struct node *next;
};

static struct node *head;

int main(void)
{
    for (int i = 0; i < 300000; i++) {
        struct node *n = malloc(sizeof(*n)); /* leak */
        MUST(n);
        n->next = head;
        head = n;
    }
    keep(&head);
    head = NULL;
    keep(&head);
    wipe_stack();
    return 0;
}
