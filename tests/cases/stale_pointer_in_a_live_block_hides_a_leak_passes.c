#include "case.h"

static struct list {
    size_t used;
    void *items[100];
} * list;

int main(void)
{
    list = calloc(1, sizeof(*list));
    MUST(list);
    list->items[list->used++] = malloc(32);
    list->used--;
    keep(&list);
    return 0;
}
