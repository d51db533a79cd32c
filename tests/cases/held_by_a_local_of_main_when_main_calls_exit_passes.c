#include "case.h"

int main(void)
{
    void *volatile local = malloc(32);
    keep((void *)&local);
    exit(0);
}
