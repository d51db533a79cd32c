#include "record/share_stranger.h"
#include "base/lock.h"
#include "record/block.h"

#define STRANGERS 4096u

static struct {
    struct lock lock;
    struct stranger {
        uintptr_t addr;
        uint32_t count;
    } at[STRANGERS];
    bool lossy; /* one had to be forgotten */
} the = {.lock = LOCK_INIT(LOCK_BORROW)};

static bool take(void)
{
    if (!csan__block_threaded)
        return false;
    csan__lock_take_brief(&the.lock);
    return true;
}

static void give(bool locked)
{
    if (locked)
        csan__lock_give_brief(&the.lock);
}

static struct stranger *stranger_of(uintptr_t addr)
{
    return &the.at[(addr * 0x9e3779b97f4a7c15u) >> 52];
}

void csan__share_stranger(uintptr_t addr)
{
    bool locked = take();
    struct stranger *s = stranger_of(addr);
    if (s->count && s->addr != addr)
        the.lossy = true;
    else
        *s = (struct stranger){addr, s->count + 1};
    give(locked);
}

bool csan__share_stranger_released(uintptr_t addr)
{
    bool locked = take();
    struct stranger *s = stranger_of(addr);
    bool known = s->count && s->addr == addr;
    s->count -= known;
    known |= the.lossy;
    give(locked);
    return known;
}
