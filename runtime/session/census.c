/* What lives, counted: the world is stopped for a moment, and nothing is judged. */
#include "base/arena.h"
#include "record/block.h"
#include "record/maps.h"
#include "record/round.h"
#include "record/share.h"
#include "record/world.h"
#include "session/private.h"

struct census {
    const struct full_regs *at;
    int (*count)(struct census *c); /* while nothing moves */
    const char *name;               /* of a round */
    uint32_t test_since;
    struct living *out;
    struct arena scratch;
    int failed;
};

static int stop_and_count(struct census *c)
{
    struct world world;
    int failed = csan__stop_world(c->at, &c->scratch, &world);
    if (failed)
        return failed;
    failed = csan__maps_of_world(&world);
    failed = failed ? failed : csan__block_freeze(&world);
    if (!failed) {
        failed = c->count(c);
        csan__block_thaw();
    }
    csan__start_world();
    return failed;
}

static void take(void *arg)
{
    struct census *c = arg;
    c->failed = stop_and_count(c);
    csan__arena_scratch_free(&c->scratch);
}

static int run(struct census *c)
{
    int failed = csan__judge_borrow(take, c);
    failed = failed ? failed : c->failed;
    csan__judge_failed(failed);
    return failed;
}

static int count_round(struct census *c)
{
    if (c->test_since == 0)
        csan__share_round();
    return csan__round_take(c->name, c->test_since);
}

void csan__census_round(const char *name, uint32_t test_since, const struct full_regs *at)
{
    struct census c = {.at = at, .count = count_round, .name = name, .test_since = test_since};
    run(&c);
}

/* malloc's slack for so many bytes if csan had not asked for more: of glibc's chunks, 8 bytes of
 * head and a multiple of 16. */
static size_t slack_of(const struct block *b)
{
    size_t usable = b->usable - BLOCK_TAIL;
    if (csan__block_chunk_headers && b->usable < BLOCK_LARGE)
        usable = csan__base_round_up((b->asked < 24 ? 24 : b->asked) + 8, 16) - 8;
    return usable > b->asked ? usable - b->asked : 0;
}

static bool add_block(const struct block *b, void *arg)
{
    struct living *l = arg;
    if (b->epoch < l->since)
        return true;
    l->blocks++;
    l->bytes += b->asked;
    l->slack_bytes += slack_of(b);
    return true;
}

static int count_living(struct census *c)
{
    csan__block_each(add_block, c->out);
    return 0;
}

int csan__census_living(struct living *out, const struct full_regs *at)
{
    struct census c = {.at = at, .count = count_living, .out = out};
    return run(&c);
}
