#include "case.h"

static unsigned long volatile number;

int main(void)
{
    void *volatile p = malloc(32);
    number = (unsigned long)p + 5; /* no pointer, by the program's mind */
    p = NULL;
    return 0;
}
