/* Growth of caches and pools: more in one of them at the end of each round, and no limit to it that
 * was declared.
 *
 * What a cache has published is left out of growth.c's account of blocks (record/round.h): a cache
 * with a limit may fill up to it, however many rounds that takes, and is judged against it; of one
 * without, and of a pool, whose limit is a buffer's, the name says more than the stack of its
 * blocks. Bytes or entries must rise as detect/trend.h has it. */
#include "base/options.h"
#include "base/text.h"
#include "detect/share_fault.h"
#include "detect/share_private.h"
#include "detect/trend.h"
#include "record/block.h"

#include <errno.h>

struct series {
    uint64_t bytes[SHARE_ROUNDS], entries[SHARE_ROUNDS];
    uint32_t n;
};

static void read_series(struct series *s, const struct share_owner *o, uint32_t since)
{
    uint32_t kept = o->rounds < SHARE_ROUNDS ? o->rounds : SHARE_ROUNDS;
    s->n = 0;
    for (uint32_t k = o->rounds - kept; k < o->rounds; k++) {
        const struct share_level *l = &o->levels[k % SHARE_ROUNDS];
        if (l->epoch < since)
            continue;
        s->bytes[s->n] = l->bytes;
        s->entries[s->n++] = l->entries;
    }
}

static bool grows(const struct series *s)
{
    return s->n >= 3 && s->bytes[s->n - 1] > s->bytes[csan__trend_warm(s->n)] &&
           (csan__trend_rises(s->bytes, s->n) || csan__trend_rises(s->entries, s->n));
}

static void say_level(struct text *t, const struct series *s, uint32_t at, bool is_pool)
{
    csan__text_bytes(t, s->bytes[at]);
    csan__text_str(t, " in ");
    csan__text_u64(t, s->entries[at]);
    if (is_pool)
        csan__text_str(t, s->entries[at] == 1 ? " buffer" : " buffers");
    else
        csan__text_str(t, s->entries[at] == 1 ? " entry" : " entries");
}

/* `cache "rows" has 128 B more each round, over 5 rounds, and no limit` */
static int add(struct share_owner *o, const struct series *s, struct findings *out)
{
    char room[192], levels[192];
    struct text t = TEXT(room), note = TEXT(levels);
    uint32_t last = s->n - 1, warm = csan__trend_warm(s->n);
    struct finding *f = csan__findings_add(out, FINDING_GROWTH);
    if (!f)
        return -ENOMEM;
    f->amount = (s->bytes[last] - s->bytes[warm] + last - warm - 1) / (last - warm);
    f->count = s->entries[last] > s->entries[warm] ? s->entries[last] - s->entries[warm] : 0;
    f->stack = o->filled_stack;
    f->option = "max_growth";
    f->source = o;
    csan__fault_owner(&t, o);
    csan__text_str(&t, " has ");
    csan__text_bytes(&t, f->amount);
    csan__text_str(&t, " more each round, over ");
    csan__text_count(&t, s->n, "round");
    if (!o->is_pool)
        csan__text_str(&t, ", and no limit");
    f->what = csan__arena_scratch_copy(out->scratch, room, t.len);
    csan__text_str(&note, o->is_pool ? "it had " : "it held ");
    say_level(&note, s, 0, o->is_pool);
    csan__text_str(&note, " after the first of them, and ");
    say_level(&note, s, last, o->is_pool);
    csan__text_str(&note, " after the last");
    f->note = csan__arena_scratch_copy(out->scratch, levels, note.len);
    return f->what && f->note ? 0 : -ENOMEM;
}

int csan__share_growth(uint32_t since, struct findings *out)
{
    struct series s;
    int failed = 0;
    if (csan__options.max_growth == OPTION_OFF)
        return 0;
    for (struct share_owner *o = csan__share_owners(); o && !failed; o = o->next) {
        bool is_told = o->told_epoch && since <= o->told_epoch;
        bool is_limited = !o->is_pool && (o->bytes_max || o->entries_max);
        if (is_limited || is_told)
            continue;
        read_series(&s, o, since);
        if (grows(&s))
            failed = add(o, &s, out);
    }
    return failed;
}

void csan__share_growth_reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        for (struct share_owner *o = csan__share_owners(); o; o = o->next)
            if (one->kind == FINDING_GROWTH && one->source == o)
                o->told_epoch = csan__block_epoch();
}
