// flags: -pthread
// env: CSAN_MAX_WAIT=10ms
// expect: error: csan\[wait\]: waited .* for (a mutex|mutex `[^`]+`) > max_wait=10ms$
// expect: [0-9]+ threads? could run on [0-9]+ cores? then; not counted, as none of them could run: ([0-9.]+ s|[6-9][0-9]{2} ms)$
// findings: 1
#include "starved.h"

int main(void)
{
    hold_while_starved();
    return 0;
}
