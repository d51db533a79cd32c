// flags: -pthread
// env: CSAN_MAX_WAIT=700ms
#include "starved.h"

int main(void)
{
    hold_while_starved();
    return 0;
}
