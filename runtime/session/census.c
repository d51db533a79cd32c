/* What lives, counted: the world is stopped for a moment, and nothing is judged. */
#include "base/arena.h"
#include "record/block.h"
#include "record/round.h"
#include "record/world.h"
#include "session/private.h"

struct census {
    const struct full_regs *at;
    const char *name;
    struct arena scratch;
    int failed;
};

static int count(struct census *c)
{
    struct world world;
    int failed = csan__stop_world(c->at, &c->scratch, &world);
    if (failed)
        return failed;
    failed = csan__block_freeze(&world);
    if (!failed) {
        failed = csan__round_take(c->name);
        csan__block_thaw();
    }
    csan__start_world();
    return failed;
}

static void take(void *arg)
{
    struct census *c = arg;
    c->failed = count(c);
    csan__arena_scratch_free(&c->scratch);
}

void csan__census_round(const char *name, const struct full_regs *at)
{
    struct census c = {.at = at, .name = name};
    int failed = csan__judge_borrow(take, &c);
    csan__judge_failed(failed ? failed : c.failed);
}
