// only: gcc-O2,clang-O2 a call in tail position is a jump there
// findings: 1
// expect: ^tests/cases/function_that_ends_in_malloc_is_not_in_the_stack_fails.c:{{line:call}}:
// expect-not: at make_buffer
#include "case.h"

static NOINLINE void *make_buffer(size_t n)
{
    return malloc(n);
}

static NOINLINE void lose(void)
{
    keep(make_buffer(32)); /* call */
}

int main(void)
{
    lose();
    return 0;
}
