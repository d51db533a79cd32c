#include "case.h"

void *global;

int main(void)
{
    global = malloc(32);
    return 0;
}
