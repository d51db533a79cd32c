#include "record/share_borrow.h"
#include "base/arena.h"
#include "base/os.h"
#include "record/share.h"

#define CHUNKS 65536u
#define WALK_MAX 256u /* borrows looked at for this thread's newest */

struct share_borrow **csan__share_borrows;

/* Free borrows of the items with one lock, which guards them. */
struct shard {
    uint32_t unused; /* first of a list */
    uint32_t fresh, fresh_end;
} __attribute__((aligned(64)));

static struct {
    uint32_t chunks;
    struct shard shards[SHARE_SHARDS];
} the;

static CSAN_ALWAYS_INLINE struct shard *shard_of(const struct share_item *i)
{
    return &the.shards[i->id % SHARE_SHARDS];
}

/* The directory of chunks, mapped on first use, by whoever is first. */
static bool has_directory(void)
{
    struct share_borrow **none = NULL, **mine;
    if (__atomic_load_n(&csan__share_borrows, __ATOMIC_ACQUIRE))
        return true;
    mine = csan__os_map(CHUNKS * sizeof *mine);
    if (mine && !__atomic_compare_exchange_n(&csan__share_borrows, &none, mine, false,
                                             __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        csan__os_unmap(mine, CHUNKS * sizeof *mine);
    return mine || none;
}

static CSAN_COLD uint32_t more(struct shard *s)
{
    if (!has_directory())
        return 0;
    uint32_t chunk = __atomic_fetch_add(&the.chunks, 1, __ATOMIC_RELAXED);
    struct share_borrow *b = chunk < CHUNKS ? csan__arena_alloc(SHARE_BORROWS * sizeof *b) : NULL;
    if (!b)
        return 0;
    csan__share_borrows[chunk] = b;
    s->fresh = chunk * SHARE_BORROWS + (chunk == 0); /* no id 0 */
    s->fresh_end = (chunk + 1) * SHARE_BORROWS;
    return s->fresh++;
}

uint32_t csan__share_borrow_new(struct share_item *i)
{
    struct shard *s = shard_of(i);
    uint32_t id = s->unused;
    if (CSAN_LIKELY(id != 0))
        s->unused = csan__share_borrow(i, id)->next;
    else
        id = s->fresh < s->fresh_end ? s->fresh++ : more(s);
    if (CSAN_UNLIKELY(!id))
        csan__share_count_lost();
    return id;
}

void csan__share_borrow_free(struct share_item *i, uint32_t id)
{
    struct shard *s = shard_of(i);
    csan__share_borrow(i, id)->next = s->unused;
    s->unused = id;
}

uint32_t *csan__share_borrow_of(struct share_item *i, int tid)
{
    if (!(i->holders >> ((unsigned)tid % 64) & 1))
        return NULL;
    uint32_t *link = &i->borrows;
    for (uint32_t n = 0; *link && n < WALK_MAX; n++, link = &csan__share_borrow(i, *link)->next)
        if (csan__share_borrow(i, *link)->tid == tid)
            return link;
    return NULL;
}

bool csan__share_pop_of(struct share_item *i, int tid, uint32_t stack, struct share_borrow *out)
{
    uint32_t *link = &i->borrows;
    for (struct share_borrow *b; (b = csan__share_borrow(i, *link)) != NULL; link = &b->next)
        if (b->tid == tid && b->stack == stack) {
            csan__share_pop_at(i, link, out);
            return true;
        }
    return csan__share_pop(i, tid, out);
}

void csan__share_pop_all(struct share_item *i)
{
    while (i->borrows) {
        uint32_t id = i->borrows;
        i->borrows = csan__share_borrow(i, id)->next;
        csan__share_borrow_free(i, id);
    }
    i->live = 0;
    i->holders = 0;
}
