// expect-not: ^.{101}
// expect: in 1 block never freed
#include "case.h"

static NOINLINE void
lose_in_a_function_with_a_name_that_is_so_long_that_nobody_would_type_it_again(void)
{
    keep(malloc(65)); /* leak */
}

int main(void)
{
    lose_in_a_function_with_a_name_that_is_so_long_that_nobody_would_type_it_again();
    return 0;
}
