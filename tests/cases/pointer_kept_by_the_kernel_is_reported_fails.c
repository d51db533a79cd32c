// leak: leak 32 B in 1 block
#include "case.h"

#include <sys/epoll.h>

static int ends[2];
static int set;

static NOINLINE void watch(void)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = malloc(32)}; /* leak */
    MUST(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event) == 0);
}

int main(void)
{
    set = epoll_create1(0);
    MUST(pipe(ends) == 0);
    watch();
    return 0;
}
