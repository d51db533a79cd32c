/* Who points at this: the places of all pointers into a range, written as lines; when it is in a
 * block, one shortest chain to that as well.
 *
 *   world stopped ► detect/pointers, path ► world started ► names ► lines
 *
 * Beyond PLACES_MAX places are counted, not named. */
#include "base/arena.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/path.h"
#include "detect/pointers.h"
#include "record/block.h"
#include "report/report.h"
#include "session/private.h"

#include <string.h>

#define PLACES_MAX 1000u

struct who {
    struct range range;
    const struct world *world;
    const struct full_regs *caller;
    int fd;
    struct arena scratch;
    struct place *places;
    uint32_t n, kept;
    struct finding chain; /* made up: it says who holds the block */
    int failed;
};

static bool note(const struct pointer *p, void *arg)
{
    struct who *w = arg;
    if (w->kept < PLACES_MAX) {
        w->places[w->kept] = p->place;
        csan__pointers_describe(w->world, &w->places[w->kept++]);
    }
    w->n++;
    return true;
}

static int find_chain(struct who *w, const struct world *world)
{
    struct block b;
    struct path path = {.block = 0};
    if (!csan__block_find(w->range.lo, &b))
        return 0;
    path.block = b.start;
    int failed = csan__path_find(world, &path, 1);
    if (!failed)
        csan__path_tell(&path, &w->chain);
    return failed;
}

static int look(struct who *w)
{
    struct world world;
    w->places = csan__arena_scratch_alloc(&w->scratch, PLACES_MAX * sizeof *w->places);
    if (!w->places)
        return -1;
    int failed = csan__scene_stop(w->caller, &w->scratch, true, &world);
    if (failed)
        return failed;
    w->world = &world;
    failed = csan__pointers_find(&world, &w->range, 1, note, w);
    if (!failed)
        failed = find_chain(w, &world);
    w->world = NULL;
    csan__start_world();
    return failed;
}

static struct named_place *name(struct who *w, const struct place *places, uint32_t n)
{
    struct named_place *named = csan__arena_scratch_alloc(&w->scratch, n * sizeof *named);
    struct trace *traces = csan__arena_scratch_alloc(&w->scratch, n * sizeof *traces);
    uint32_t *stacks = csan__arena_scratch_alloc(&w->scratch, n * sizeof *stacks);
    const char *why_dark;
    if (!named || !traces || !stacks)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        stacks[i] = places[i].stack;
    csan__symbol_resolve(&w->scratch, stacks, n, traces, &why_dark);
    csan__place_resolve(&w->scratch, places, n, named);
    for (uint32_t i = 0; i < n; i++)
        named[i].trace = traces[i];
    return named;
}

static void tell(const struct who *w, const struct named_place *named)
{
    char room[1024];
    for (uint32_t i = 0; i < w->kept; i++) {
        struct text t = TEXT(room);
        csan__text_format(&t, "0x%lx", w->places[i].value);
        csan__text_str(&t, " is in ");
        csan__place_put(&t, &named[i], "", csan__session_cwd());
        csan__text_char(&t, '\n');
        csan__os_write_all(w->fd, room, t.len);
    }
    struct text t = TEXT(room);
    if (w->n > w->kept) {
        csan__text_format(&t, "and in %u more places\n", w->n - w->kept);
        csan__os_write_all(w->fd, room, t.len);
    }
}

/* All in one question to the helper: the places, then the chain. */
static void tell_chain(const struct who *w, const struct named_place *named)
{
    char room[4096];
    struct text t = TEXT(room);
    struct page page = {.out = &t, .prefix = "", .cwd = csan__session_cwd()};
    csan__place_lines(&page, &w->chain, named);
    csan__text_char(&t, '\n');
    if (w->chain.nplaces)
        csan__os_write_all(w->fd, room, t.len);
}

static void run(void *arg)
{
    struct who *w = arg;
    w->failed = look(w);
    uint32_t n = w->kept + w->chain.nplaces;
    struct place *all = csan__arena_scratch_alloc(&w->scratch, (n + 1) * sizeof *all);
    if (!w->failed && all) {
        memcpy(all, w->places, w->kept * sizeof *all);
        memcpy(all + w->kept, w->chain.places, w->chain.nplaces * sizeof *all);
    }
    struct named_place *named = w->failed || !all || !n ? NULL : name(w, all, n);
    if (named) {
        tell(w, named);
        tell_chain(w, named + w->kept);
    }
    csan__arena_scratch_free(&w->scratch);
}

int csan__who_points_at(struct range range, const struct full_regs *caller, int fd)
{
    struct who w = {.range = range, .caller = caller, .fd = fd};
    if (csan__judge_borrow(run, &w) || w.failed)
        return -1;
    return (int)w.n;
}
