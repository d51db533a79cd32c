#include "case.h"

static struct {
    int number;
    void *pointer;
} table[3] = {{1, NULL}, {2, NULL}, {3, NULL}};

int main(void)
{
    table[1].pointer = malloc(32);
    keep(table);
    return 0;
}
