/* Shared and released what was never published: neither does anything. */
#include <csan_share.h>

#include "case.h"

static int number;

int main(void)
{
    csan_share(&number);
    csan_release(&number); /* released */
    csan_release(NULL);
    MUST(csan_share(NULL) == NULL);
    MUST(csan_share(&number) == &number);
    csan_release(&number);
    return 0;
}
