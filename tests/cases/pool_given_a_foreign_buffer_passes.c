/* The pool gets back what it lent. */
#include "pooled.h"

int main(void)
{
    pool = csan_pool("lines", 0, 0);
    put(get());
    close_pool();
    return 0;
}
