/* Released what no cache ever lent. */
// findings: 1
// expect: ^{{at:released}}: error: csan\[unreleased\]: released what was not shared > max_escapes=0$
#include <csan_share.h>

#include "case.h"

static int number;

int main(void)
{
    
    csan_release(&number); /* released */
    csan_release(NULL);
    MUST(csan_share(NULL) == NULL);
    MUST(csan_share(&number) == &number);
    csan_release(&number);
    return 0;
}
