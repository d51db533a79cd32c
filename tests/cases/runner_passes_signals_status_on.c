// mode: preload
// expect-status: 137
// expect: ^csan: .*(SIGKILL|signal 9|[Kk]illed)
// only: gcc-O2 the runner's work
#include "case.h"

int main(void)
{
    raise(SIGKILL);
    return 0;
}
