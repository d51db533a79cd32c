// plain: no
// flags: -Iinclude
// leak: leak 32 B in 1 block
#include "added_root.h"

int main(void)
{
    void **page = page_of_a_file(malloc(32)); /* leak */
    csan_add_root(page, 4096);
    csan_remove_root(page, 4096);
    return 0;
}
