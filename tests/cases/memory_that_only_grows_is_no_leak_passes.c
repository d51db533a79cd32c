#include "case.h"

static struct node {
    struct node *next;
} * log_of_everything;

int main(void)
{
    for (int i = 0; i < 1000; i++) {
        struct node *n = malloc(sizeof(*n));
        MUST(n);
        n->next = log_of_everything;
        log_of_everything = n;
    }
    keep(&log_of_everything);
    return 0;
}
