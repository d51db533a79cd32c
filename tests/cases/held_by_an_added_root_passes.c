// plain: no
// flags: -Iinclude
/* A file that is mapped for reading alone is no root, until somebody says so. */
#include "case.h"
#include "added_root.h"

int main(void)
{
    void **page = page_of_a_file(malloc(32));
    csan_add_root(page, 4096);
    wipe_stack();
    return csan_check(0);
}
