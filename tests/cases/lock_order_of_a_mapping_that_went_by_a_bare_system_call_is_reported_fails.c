// flags: -pthread
// findings: 1
// expect: error: csan\[lock-order\]: mutex [0x`][^` ,:]+`? and mutex [0x`][^` ,:]+`? are taken in both orders
/* The second lock at that address is another one; nobody has told, as munmap would. */
#include "mapped_anew.h"

static void map_anew(void)
{
    MUST(syscall(SYS_munmap, mapped, PAGE) == 0);
    MUST(map_at(mapped, MAP_FIXED_NOREPLACE) == mapped);
}

int main(void)
{
    return take_in_both_orders(map_anew);
}
