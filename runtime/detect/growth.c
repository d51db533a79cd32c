/* Growth: memory that is still reachable, and more of it at the end of each round.
 *
 *   rounds of a name, after the mark ──▶ trend rises? ──▶ candidates, by stack
 *                                                            │ less what is lost of them: a leak's
 *                                                            ▼
 *                                        bytes more a round, one finding a stack
 *
 * Judged is what was live when each round ended (record/round.h), by detect/trend.h: the number of
 * blocks and the bytes must both rise, or, where there are TREND_LONG rounds, the bytes alone; with
 * fewer rounds also the bytes of an unchanging number of blocks. What is given back after the last
 * round has grown all the same. Lost blocks live on, so those of a stack explain as much of its
 * growth: when that is half of it or more, it is detect/leak.c's business alone. Only then are the
 * roots looked at a second time; a program whose rounds come to rest does not pay for that.
 *
 * The runs of a test that shares its process with others are rounds that nobody asked for: so at
 * least TREND_LONG of them are needed. They are judged when the last has ended, and fail the test;
 * but where an unchecked fixture may still free what they fill, at the end of the process, and what
 * has been freed by then is no finding. */
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/linker.h"
#include "detect/mark.h"
#include "detect/path.h"
#include "detect/roots.h"
#include "detect/trend.h"
#include "record/block.h"
#include "record/round.h"

#include <errno.h>
#include <string.h>

struct candidate {
    const struct rounds *of;
    struct round_row *row;
    uint32_t from;          /* the first column after the mark */
    uint64_t bytes, blocks; /* more since warm-up */
    uint64_t rounds;        /* since warm-up */
    uint64_t lost_bytes, lost_blocks;
    uint64_t live_bytes; /* now */
    struct candidate *same_slot;
};

#define SLOTS 1024u
#define NOTE_COLUMNS 96u /* of a report's line */
#define HOLDERS_MAX 16u  /* findings of one verdict that say who holds them */

/* Stacks that grow, in the verdict's scratch arena. */
struct search {
    struct candidate *slots[SLOTS]; /* by stack */
    struct arena *scratch;
    uint32_t count;
};

static struct candidate *candidate_of(const struct search *s, uint32_t stack)
{
    struct candidate *c = s->slots[stack % SLOTS];
    while (c && c->row->stack != stack)
        c = c->same_slot;
    return c;
}

/* ------------------------------------------------------------------ which stacks grow */

static uint32_t first_column(const struct rounds *r, uint32_t since)
{
    uint32_t i = 0;
    while (i < r->ncolumns && r->epochs[i] < since)
        i++;
    return i;
}

static bool is_level(const uint32_t *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (v[i] != v[0])
            return false;
    return true;
}

static bool is_ascending(const uint64_t *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (v[i] <= v[i - 1])
            return false;
    return true;
}

static bool grows(const struct round_series *s, uint32_t from, uint32_t n)
{
    const uint64_t *bytes = s->bytes + from;
    if (n >= TREND_LONG || is_level(s->blocks + from, n))
        return csan__trend_rises(bytes, n);
    uint64_t blocks[TREND_LONG];
    for (uint32_t i = 0; i < n; i++)
        blocks[i] = s->blocks[from + i];
    return is_ascending(bytes, n) && csan__trend_rises(blocks, n);
}

static int add_candidate(struct search *s, const struct rounds *r, struct round_row *row,
                         uint32_t from)
{
    struct candidate *c = candidate_of(s, row->stack);
    uint32_t last = r->ncolumns - 1, warm = from + csan__trend_warm(r->ncolumns - from);
    uint64_t rounds = (last - warm) * r->stride;
    if (c && c->rounds >= rounds)
        return 0;
    if (!c) {
        c = csan__arena_scratch_alloc(s->scratch, sizeof *c);
        if (!c)
            return -ENOMEM;
        c->same_slot = s->slots[row->stack % SLOTS];
        s->slots[row->stack % SLOTS] = c;
        s->count++;
    }
    const struct round_series *v = row->series;
    c->of = r;
    c->row = row;
    c->from = from;
    c->rounds = rounds;
    c->bytes = v->bytes[last] - v->bytes[warm];
    c->blocks = v->blocks[last] > v->blocks[warm] ? v->blocks[last] - v->blocks[warm] : 0;
    return 0;
}

static int search_in(struct search *s, const struct rounds *r, uint32_t since)
{
    uint32_t from = r->is_over ? 0 : first_column(r, since), n = r->ncolumns - from;
    uint32_t least = r->is_test ? TREND_LONG : 3;
    int failed = 0;
    if (r->is_test && from)
        return 0;
    for (uint32_t i = 0; n >= least && i < r->nrows && !failed; i++) {
        struct round_row *row = &r->rows[i];
        bool is_told = row->told_epoch && since <= row->told_epoch;
        if (row->series && !is_told && grows(row->series, from, n) &&
            !csan__linker_took(row->stack))
            failed = add_candidate(s, r, row, from);
    }
    return failed;
}

/* ------------------------------------------------------------------ what of them is lost */

static bool count_live(const struct block *b, void *arg)
{
    struct candidate *c = candidate_of(arg, b->stack);
    if (c && !b->ignored)
        c->live_bytes += b->asked ? b->asked : 1;
    return true;
}

static int count_lost(struct search *s, const struct world *w)
{
    struct mark *m;
    int failed = csan__mark_begin(w, &m);
    if (failed)
        return failed;
    csan__block_each(count_live, s);
    failed = csan__roots_mark(m, w);
    struct mark_cursor at = {0, 0};
    struct block b;
    for (uintptr_t start; !failed && csan__mark_next(m, &at, &start);) {
        struct candidate *c =
            csan__block_at(start, &b) && !b.ignored ? candidate_of(s, b.stack) : NULL;
        if (!c)
            continue;
        c->lost_blocks++;
        c->lost_bytes += b.asked ? b.asked : 1;
    }
    csan__mark_end(m);
    return failed;
}

/* ------------------------------------------------------------------ findings */

static bool is_freed(const struct candidate *c)
{
    return c->live_bytes < c->row->series->bytes[c->of->ncolumns - 1] / 2;
}

static void say_amount(struct text *t, const struct candidate *c, uint64_t bytes_each)
{
    csan__text_bytes(t, bytes_each);
    if (c->blocks && c->blocks % c->rounds == 0) {
        csan__text_str(t, " in ");
        csan__text_count(t, c->blocks / c->rounds, "block");
    }
    csan__text_str(t, " more each round, over ");
    csan__text_count(t, (c->of->ncolumns - c->from) * c->of->stride, "round");
    csan__text_str(t, is_freed(c) ? ", freed after the last" : ", still reachable");
}

static void say_level(struct text *t, const struct candidate *c, uint32_t column)
{
    csan__text_bytes(t, c->row->series->bytes[column]);
    csan__text_str(t, " in ");
    csan__text_count(t, c->row->series->blocks[column], "block");
}

/* after round 1: 16 B in 1 block; 10: 160 B in 10 blocks; 20: 320 B in 20 blocks (of request) */
static void say_series(struct text *t, const struct candidate *c)
{
    uint32_t columns[] = {c->from, (c->from + c->of->ncolumns - 1) / 2, c->of->ncolumns - 1};
    for (size_t i = 0; i < CSAN_COUNT(columns); i++) {
        csan__text_str(t, i ? "; " : "after round ");
        csan__text_u64(t, (columns[i] + 1) * c->of->stride + (c->of->is_test ? 1 : 0));
        csan__text_str(t, ": ");
        say_level(t, c, columns[i]);
    }
    const char *folder = strrchr(c->of->name, '/'); /* of a CSAN_REPEAT: its place is long */
    const char *name = folder ? folder + 1 : c->of->name;
    if (name[0] && t->len + strlen(name) < NOTE_COLUMNS - sizeof " (of )")
        csan__text_format(t, " (of %s)", name);
}

static int give_rounds(struct finding *f, const struct candidate *c, struct arena *scratch)
{
    uint32_t n = c->of->ncolumns - c->from;
    struct finding_round *all = csan__arena_scratch_alloc(scratch, n * sizeof *all);
    for (uint32_t i = 0; all && i < n; i++)
        all[i] = (struct finding_round){.round = (c->from + i + 1) * c->of->stride,
                                        .bytes = c->row->series->bytes[c->from + i],
                                        .blocks = c->row->series->blocks[c->from + i]};
    f->rounds = all;
    f->nrounds = n;
    return all ? 0 : -ENOMEM;
}

static int add_finding(const struct candidate *c, struct findings *out)
{
    if (c->lost_bytes >= c->bytes - c->bytes / 2 || (c->blocks && c->lost_blocks * 2 >= c->blocks))
        return 0;
    if (c->of->is_test && is_freed(c))
        return 0;
    uint64_t kept = c->bytes - c->lost_bytes;
    struct finding *f = csan__findings_add(out, FINDING_GROWTH);
    if (!f)
        return -ENOMEM;
    f->stack = c->row->stack;
    f->amount = (kept + c->rounds - 1) / c->rounds;
    f->count = c->blocks;
    f->option = "max_growth";
    f->source = c->row;
    char buf[ROUND_NAME_MAX + 256];
    struct text what = TEXT(buf);
    say_amount(&what, c, f->amount);
    f->what = csan__arena_scratch_copy(out->scratch, buf, what.len);
    struct text note = TEXT(buf);
    say_series(&note, c);
    f->note = csan__arena_scratch_copy(out->scratch, buf, note.len);
    return f->what && f->note ? give_rounds(f, c, out->scratch) : -ENOMEM;
}

/* The nearest block of each stack stands for the others. */
static int tell_holders(const struct world *w, const struct findings *out)
{
    struct path paths[HOLDERS_MAX] = {{.block = 0}};
    struct finding *told[HOLDERS_MAX];
    size_t n = 0;
    for (struct finding *f = out->first; f && n < HOLDERS_MAX; f = f->next) {
        if (f->kind != FINDING_GROWTH || f->amount <= csan__options.max_growth)
            continue;
        paths[n].stack = f->stack;
        told[n++] = f;
    }
    int failed = csan__path_find(w, paths, n);
    for (size_t i = 0; i < n && !failed; i++)
        csan__path_tell(&paths[i], told[i]);
    return failed;
}

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    struct rounds *r = csan__round_first();
    if (csan__options.max_growth == OPTION_OFF || !r)
        return 0;
    struct search *s = csan__arena_scratch_alloc(out->scratch, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->scratch = out->scratch;
    int failed = 0;
    for (; r && !failed; r = r->next)
        failed = search_in(s, r, since);
    if (s->count && !failed)
        failed = count_lost(s, w);
    for (uint32_t i = 0; i < SLOTS; i++)
        for (const struct candidate *c = s->slots[i]; c && !failed; c = c->same_slot)
            failed = add_finding(c, out);
    return failed ? failed : tell_holders(w, out);
}

static void weigh(struct findings *f)
{
    struct finding **link = &f->first;
    while (*link) {
        struct finding *one = *link;
        if (one->kind != FINDING_GROWTH || one->amount > csan__options.max_growth) {
            link = &one->next;
            continue;
        }
        *link = one->next;
        f->count--;
    }
    f->last = link;
}

/* Of each name: the same stack is not told again of another. */
static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        for (struct rounds *r = csan__round_first(); r && one->kind == FINDING_GROWTH; r = r->next)
            for (uint32_t i = 0; i < r->nrows; i++)
                if (r->rows[i].stack == one->stack)
                    r->rows[i].told_epoch = csan__block_epoch();
}

const struct detector csan__detector_growth = {
    .name = "growth",
    .judge = judge,
    .weigh = weigh,
    .reported = reported,
    .forked = csan__round_forked,
};
