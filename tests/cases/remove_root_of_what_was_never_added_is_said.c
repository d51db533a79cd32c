// plain: no
// flags: -Iinclude
// expect-status: 0
// expect: ^csan: csan_remove_root\(0x[0-9a-f]+, 4095\): no such root was added$
// expect: ^csan: csan_remove_root\(0x0, 0\): no such root was added$
// expect-not: 4096
/* Nothing else is removed by it: what was added still holds its block. */
#include "added_root.h"

int main(void)
{
    void **page = page_of_a_file(malloc(32));
    csan_add_root(page, 4096);
    csan_remove_root(page, 4095);
    csan_remove_root(NULL, 0);
    return 0;
}
