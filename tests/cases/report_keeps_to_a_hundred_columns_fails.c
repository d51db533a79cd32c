// expect-not: ^ .{104}
// expect: in 1 block never freed
#include "case.h"

static NOINLINE void
lose_in_a_function_with_a_name_that_is_so_long_that_nobody_would_type_it_again(void)
{
    keep(malloc(65)); /* leak */
}

/* A hundred columns, and two dots of three bytes each. */
int main(void)
{
    lose_in_a_function_with_a_name_that_is_so_long_that_nobody_would_type_it_again();
    return 0;
}
