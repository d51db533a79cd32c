// expect-status: 86
// stderr: any
// expect: ^csan: FAIL: 1000 findings \(1000 leak\) in a_thousand_findings_fail$
#include "case.h"

#define TEN(what) what what what what what what what what what what

static NOINLINE void lose(void)
{
    keep(malloc(8));
}

int main(void)
{
    TEN(TEN(TEN(lose();)))
    return 0;
}
