#include "detect/remedy.h"
#include "base/text.h"
#include "detect/lock_name.h"

#define WAITS_MIN 20u   /* fewer show no pattern */
#define SECTIONS_MIN 4u /* measured ones */
#define RARE_PERCENT 5u

static bool is_most(uint64_t part, uint64_t whole, unsigned percent)
{
    return whole > 0 && part * 100 >= whole * percent;
}

static bool is_rwlock(enum sync_kind kind)
{
    return kind == SYNC_READ || kind == SYNC_WRITE;
}

static bool has_short_sections(const struct contested *c)
{
    return c->sections.count >= SECTIONS_MIN && is_most(c->sections.brief, c->sections.count, 75);
}

/* "30 of 12,345" */
static void put_part(struct text *t, uint64_t part, uint64_t whole)
{
    csan__text_number(t, part);
    csan__text_str(t, " of ");
    csan__text_number(t, whole);
}

/* Half of the waiting or more was for what the holder itself waited for. */
static bool say_nap(const struct contested *c, struct arena *scratch, struct finding *f)
{
    bool is_lock = c->why.lock.ns > c->why.call.ns;
    const struct nap *n = is_lock ? &c->why.lock : &c->why.call;
    if (!is_most(n->ns, c->waited_ns, 50) || !n->ns)
        return false;
    char room[160];
    struct text t = TEXT(room);
    csan__text_duration(&t, n->ns);
    csan__text_str(&t, " of it while the holder itself ");
    if (is_lock) {
        csan__text_str(&t, "waited for ");
        csan__lock_name(&t, n->kind, n->object);
    } else {
        csan__text_format(&t, "was in %s", n->call);
    }
    csan__lock_party(scratch, f, room, n->stack);
    f->attempt = is_lock
                     ? "give this lock back before waiting for the other, or take the other first"
                     : "make that call before the lock is taken, or after it is given back";
    return true;
}

static bool say_written(const struct contested *c, struct arena *scratch, struct finding *f)
{
    if (!is_rwlock(c->kind) || c->why.met_writer < WAITS_MIN ||
        !is_most(c->why.to_write, c->why.met_writer, 75))
        return false;
    char room[160];
    struct text t = TEXT(room);
    put_part(&t, c->why.to_write, c->why.met_writer);
    csan__text_str(&t, " that came while one wrote came to write as well");
    csan__lock_party(scratch, f, room, 0);
    f->attempt = "make it a plain mutex: readers that are so few gain nothing, and it costs less";
    return true;
}

static bool say_short(const struct contested *c, struct arena *scratch, struct finding *f)
{
    if (!is_rwlock(c->kind) || c->waits < WAITS_MIN || !has_short_sections(c))
        return false;
    char room[160];
    struct text t = TEXT(room);
    put_part(&t, c->sections.brief, c->sections.count);
    csan__text_str(&t, " of its sections that were measured took less than 1 us");
    csan__lock_party(scratch, f, room, 0);
    f->attempt =
        "make it a plain mutex: sections so short are over before readers could share them";
    return true;
}

static bool say_read_mostly(const struct contested *c, struct arena *scratch, struct finding *f)
{
    if (c->kind != SYNC_MUTEX || c->waits < WAITS_MIN || c->paths < 2 || has_short_sections(c) ||
        !is_most(c->by_one_path, c->waits, 75))
        return false;
    char room[160];
    struct text t = TEXT(room);
    csan__text_number(&t, c->by_one_path);
    csan__text_str(&t, " of its ");
    csan__text_count(&t, c->waits, "wait");
    csan__text_str(&t, " came by one path");
    csan__lock_party(scratch, f, room, c->path == f->stack ? 0 : c->path);
    f->attempt = is_most(c->by_one_path, c->waits, 100 - RARE_PERCENT)
                     ? "if that path only reads: a rwlock, or a copy that the rare writer swaps in"
                     : "if that path only reads: a rwlock; else shard the lock, so that fewer meet";
    return true;
}

static bool say_convoy(const struct contested *c, struct arena *scratch, struct finding *f)
{
    if (c->why.handed < WAITS_MIN || !is_most(c->why.crowded, c->why.handed, 75))
        return false;
    char room[160];
    struct text t = TEXT(room);
    csan__text_str(&t, "a convoy: ");
    put_part(&t, c->why.crowded, c->why.handed);
    csan__text_str(&t, " hand-overs left two or more waiting");
    csan__lock_party(scratch, f, room, 0);
    f->attempt = "shard it, or take it less often for more at a time: all pass here one by one";
    return true;
}

/* Who held it meanwhile, where that were several: the longest first. */
static void say_holders(const struct contested *c, struct arena *scratch, struct finding *f)
{
    struct holder_share sorted[WHY_HOLDERS] = {{0}};
    uint32_t n = 0;
    for (uint32_t i = 0; i < WHY_HOLDERS; i++) {
        if (!c->why.holders[i].ns)
            continue;
        uint32_t at = n++;
        for (; at > 0 && sorted[at - 1].ns < c->why.holders[i].ns; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = c->why.holders[i];
    }
    for (uint32_t i = 0; n > 1 && i < n && i < 3; i++) {
        char room[64];
        struct text t = TEXT(room);
        csan__text_duration(&t, sorted[i].ns);
        csan__text_str(&t, " of it while held from here");
        csan__lock_party(scratch, f, room, sorted[i].stack);
    }
}

void csan__remedy_add(const struct contested *c, struct arena *scratch, struct finding *f)
{
    say_holders(c, scratch, f);
    (void)(say_nap(c, scratch, f) || say_written(c, scratch, f) || say_short(c, scratch, f) ||
           say_read_mostly(c, scratch, f) || say_convoy(c, scratch, f));
}
