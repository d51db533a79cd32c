/* The first five bytes of a lent buffer are meant for its borrower: they are no leftovers. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, CSAN_POOL_RESET_ON_LEND);
    pass_on_five_bytes(5);
    return 0;
}
