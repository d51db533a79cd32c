/* epoll will hand the row's address out again; csan cannot look there. A documented miss. */
#include "escaping.h"

#include <sys/epoll.h>

static int poller, ends[2];

static NOINLINE void remember(const char *row)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = KEPT(row)};
    MUST(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &e) == 0);
}

int main(void)
{
    poller = epoll_create1(EPOLL_CLOEXEC);
    MUST(poller >= 0 && pipe(ends) == 0);
    serve();
    wipe_stack();
    return 0;
}
