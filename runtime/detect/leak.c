/* Leaks: blocks of the judged time that nothing reaches any more, grouped by where they were
 * allocated.
 *
 *   roots ──mark──▶ reached          lost ──┬─ ignored: keeps alive what hangs on it
 *                                           ├─ older than the mark, or the dynamic linker's:
 *                                           │  not judged, holds nothing
 *                                           └─ judged ──┬─ direct: one per group below
 *                                                       └─ behind: reached from a direct one
 *
 * Possibly lost, as Valgrind has it, is what only pointers to the inside keep: with verbosity the
 * same is done once before with pointers to starts alone, and those that turn out not to be lost
 * are notes.
 *
 * Direct is a lost block that no lost block outside of its own cycle points to; of a cycle that
 * nothing points to, the block with the lowest address. Both are found by flooding twice: forwards,
 * each block that is still white when its turn comes becomes a candidate; then the candidates
 * backwards, and those still white are direct. (Let v reach the candidate c, not c v. Then v was
 * not flooded before c, else c would have been too; so v's candidate comes after c, and has flooded
 * c in the second pass before c's turn. Hence no two-way bookkeeping as in Tarjan's algorithm.) */
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/gone.h"
#include "detect/linker.h"
#include "detect/mark.h"
#include "detect/roots.h"
#include "record/block_map.h"

#include <errno.h>
#include <string.h>

#define SUSPECTS_FIRST 32u
#define SUSPECTS_MAX 4000u

struct direct {
    uintptr_t start;
    struct group *group;
};

/* Blocks of one stack. */
struct group {
    struct finding *finding; /* NULL: an empty slot */
    uint32_t stack;
    bool is_reported;
    uint64_t blocks, bytes;
};

static struct {
    struct direct *direct; /* of the last verdict, in its scratch arena */
    size_t ndirect;
    struct group *groups; /* open addressing by stack, a power of 2 of slots */
    size_t nslots;
} last; /* guarded by LOCK_SESSION: one verdict at a time */

/* Direct among what no pointer to a start leads to: lost, or possibly lost. */
struct suspect {
    uintptr_t start;
    struct mark_reach reach;
    struct suspect *next;
};

/* What was allocated under csan_disable, or is ignored, keeps alive what it points to. */
static void keep_ignored(struct mark *m)
{
    struct mark_cursor at = {0, 0};
    struct block b;
    for (uintptr_t start; csan__mark_next(m, &at, &start);)
        if (csan__block_at(start, &b) && (b.ignored || csan__block_is_forgiven(&b)))
            csan__mark_flood(m, start);
}

/* The question is dear: where none of the first is gone, and none was spoilt, no more are asked. */
struct suspicion {
    uint32_t asked, most;
};

static bool is_gone(struct suspicion *s, uintptr_t start)
{
    if (s->asked >= s->most)
        return false;
    s->asked++;
    bool gone = csan__gone(start);
    s->most = gone ? SUSPECTS_MAX : s->most;
    return gone;
}

/* Out of the graph, where they hold nothing: older ones, those whose memory is gone or cannot be
 * read, and what the dynamic linker keeps for itself. */
static void drop_unjudged(struct mark *m, uint32_t since)
{
    struct mark_cursor at = {0, 0};
    struct block b;
    struct suspicion s = {0, csan__block_damaged() ? SUSPECTS_MAX : SUSPECTS_FIRST};
    for (uintptr_t start; csan__mark_next(m, &at, &start);)
        if (!csan__block_at(start, &b) || b.epoch < since || csan__linker_took(b.stack) ||
            is_gone(&s, start))
            csan__mark_drop(start);
}

static size_t find_candidates(struct mark *m, uintptr_t *out)
{
    struct mark_cursor at = {0, 0};
    size_t n = 0;
    for (uintptr_t start; csan__mark_next(m, &at, &start);) {
        out[n++] = start;
        csan__mark_flood(m, start);
    }
    return n;
}

static struct group *group_of(uint32_t stack)
{
    size_t at = stack * 0x9e3779b1u & (last.nslots - 1);
    while (last.groups[at].finding && last.groups[at].stack != stack)
        at = (at + 1) & (last.nslots - 1);
    return &last.groups[at];
}

static int add_direct(struct mark *m, uintptr_t start, struct findings *out)
{
    struct block b;
    if (!csan__block_at(start, &b))
        return 0;
    struct mark_reach reach = csan__mark_flood(m, start);
    struct group *g = group_of(b.stack);
    if (!g->finding) {
        g->finding = csan__findings_add(out, FINDING_LEAK);
        if (!g->finding)
            return -ENOMEM;
        g->stack = b.stack;
        g->finding->stack = b.stack;
        g->finding->option = "max_leak";
    }
    uint64_t bytes = b.asked ? b.asked : 1;
    g->blocks++;
    g->bytes += bytes;
    g->finding->amount += reach.bytes;
    g->finding->behind_bytes += reach.bytes - bytes;
    g->finding->behind_count += reach.blocks - 1;
    last.direct[last.ndirect++] = (struct direct){start, g};
    return 0;
}

static int say(struct group *g, struct arena *scratch)
{
    char buf[96];
    struct text t = TEXT(buf);
    csan__text_bytes(&t, g->bytes);
    csan__text_str(&t, " in ");
    csan__text_count(&t, g->blocks, "block");
    csan__text_str(&t, " never freed");
    g->finding->count = g->blocks;
    g->finding->what = csan__arena_scratch_copy(scratch, buf, t.len);
    return g->finding->what ? 0 : -ENOMEM;
}

/* Room for as many groups and direct blocks as there are candidates. */
static int make_tables(struct arena *scratch, size_t candidates)
{
    memset(&last, 0, sizeof last);
    for (last.nslots = 16; last.nslots < candidates * 2;)
        last.nslots *= 2;
    last.direct = csan__arena_scratch_alloc(scratch, candidates * sizeof *last.direct);
    last.groups = csan__arena_scratch_alloc(scratch, last.nslots * sizeof *last.groups);
    return last.direct && last.groups ? 0 : -ENOMEM;
}

static int classify(struct mark *m, uintptr_t *candidates, struct findings *out)
{
    csan__mark_save(m);
    size_t n = find_candidates(m, candidates);
    csan__mark_restore(m);
    int failed = make_tables(out->scratch, n);
    while (!failed && n-- > 0)
        if (csan__mark_is_white(candidates[n]))
            failed = add_direct(m, candidates[n], out);
    for (size_t i = 0; !failed && i < last.nslots; i++)
        if (last.groups[i].finding)
            failed = say(&last.groups[i], out->scratch);
    return failed;
}

/* Room for the white blocks' addresses; NULL: there are none, or no memory for them. */
static uintptr_t *list_candidates(const struct mark *m, size_t *bytes)
{
    uint64_t lost = csan__mark_count(m);
    *bytes = csan__base_round_up(lost * sizeof(uintptr_t), CSAN_PAGE);
    return lost ? csan__block_memory(*bytes) : NULL;
}

static int judge_marked(struct mark *m, uint32_t since, struct findings *out)
{
    size_t bytes;
    drop_unjudged(m, since);
    uintptr_t *candidates = list_candidates(m, &bytes);
    if (!candidates)
        return bytes ? -ENOMEM : 0;
    int failed = classify(m, candidates, out);
    csan__os_unmap(candidates, bytes);
    return failed;
}

/* ---- possibly lost */

static int find_suspects(struct mark *m, uint32_t since, struct arena *scratch,
                         struct suspect **list)
{
    size_t bytes;
    drop_unjudged(m, since);
    uintptr_t *candidates = list_candidates(m, &bytes);
    if (!candidates)
        return bytes ? -ENOMEM : 0;
    csan__mark_save(m);
    size_t n = find_candidates(m, candidates);
    csan__mark_restore(m);
    while (n-- > 0) {
        struct suspect *one = csan__mark_is_white(candidates[n])
                                  ? csan__arena_scratch_alloc(scratch, sizeof *one)
                                  : NULL;
        if (!one)
            continue;
        *one = (struct suspect){candidates[n], csan__mark_flood(m, candidates[n]), *list};
        *list = one;
    }
    csan__os_unmap(candidates, bytes);
    return 0;
}

static int look_for_suspects(const struct world *w, uint32_t since, struct arena *scratch,
                             struct suspect **list)
{
    struct mark *m;
    int failed = csan__mark_begin(w, &m);
    if (failed)
        return failed;
    csan__mark_starts_only(m);
    failed = csan__roots_mark(m, w);
    keep_ignored(m);
    if (!failed)
        failed = find_suspects(m, since, scratch, list);
    csan__mark_end(m);
    return failed;
}

static struct finding *note_of(struct findings *out, uint32_t stack)
{
    for (struct finding *f = out->first; f; f = f->next)
        if (f->is_note && f->kind == FINDING_LEAK && f->stack == stack)
            return f;
    struct finding *f = csan__findings_add(out, FINDING_LEAK);
    if (!f)
        return NULL;
    f->is_note = true;
    f->stack = stack;
    f->attempt = "keep a pointer to its start as well, or free it where the last of these goes";
    return f;
}

/* While m has what is reached by any pointer. */
static void note_possible(const struct suspect *list, struct findings *out)
{
    struct block b;
    for (; list; list = list->next) {
        struct finding *f = NULL;
        if (!csan__mark_is_white(list->start) && csan__block_at(list->start, &b))
            f = note_of(out, b.stack);
        if (!f)
            continue;
        uint64_t bytes = b.asked ? b.asked : 1;
        f->count++;
        f->amount += list->reach.bytes;
        f->behind_bytes += list->reach.bytes - bytes;
        f->behind_count += list->reach.blocks - 1;
    }
    for (struct finding *f = out->first; f; f = f->next) {
        char buf[96];
        struct text t = TEXT(buf);
        if (!f->is_note || f->kind != FINDING_LEAK)
            continue;
        csan__text_bytes(&t, f->amount - f->behind_bytes);
        csan__text_str(&t, " in ");
        csan__text_count(&t, f->count, "block");
        csan__text_str(&t, " possibly lost: only pointers to the inside keep it");
        f->what = csan__arena_scratch_copy(out->scratch, buf, t.len);
    }
}

static int judge(uint32_t since, const struct world *w, struct findings *out)
{
    struct mark *m;
    struct suspect *suspects = NULL;
    memset(&last, 0, sizeof last);
    if (csan__options.max_leak == OPTION_OFF || !csan__block_any())
        return 0;
    struct findings before = *out;
    uint32_t notes;
    int failed;
    do {
        *out = before;
        *out->last = NULL;
        suspects = NULL;
        failed =
            csan__options.verbosity ? look_for_suspects(w, since, out->scratch, &suspects) : 0;
        failed = failed ? failed : csan__mark_begin(w, &m);
        if (failed)
            return failed;
        failed = csan__roots_mark(m, w);
        keep_ignored(m);
        note_possible(suspects, out);
        notes = out->count;
        failed = failed ? failed : judge_marked(m, since, out);
        csan__mark_end(m);
    } while (!failed && out->count > notes && w->look_again && w->look_again());
    return failed;
}

/* Takes the leaks out of the list, which keeps the others in their order. */
static struct finding *take_leaks(struct findings *f, uint64_t *sum)
{
    struct finding *leaks = NULL, *others = f->first;
    f->first = NULL;
    f->last = &f->first;
    f->count = 0;
    for (struct finding *one = others, *next; one; one = next) {
        next = one->next;
        one->next = NULL;
        if (one->kind == FINDING_LEAK) {
            *sum += one->amount;
            one->next = leaks;
            leaks = one;
            continue;
        }
        *f->last = one;
        f->last = &one->next;
        f->count++;
    }
    return leaks;
}

static bool comes_first(const struct finding *a, const struct finding *b)
{
    if (a->amount != b->amount)
        return a->amount > b->amount;
    return a->count != b->count ? a->count > b->count : a->stack <= b->stack;
}

static struct finding *merge(struct finding *a, struct finding *b)
{
    struct finding *first = NULL, **end = &first;
    while (a && b) {
        struct finding **from = comes_first(a, b) ? &a : &b;
        *end = *from;
        end = &(*from)->next;
        *from = *end;
    }
    *end = a ? a : b;
    return first;
}

/* Merge sort of a list, bottom up: runs[i] is empty or has 2^i elements. */
static struct finding *sort(struct finding *all)
{
    struct finding *runs[64] = {NULL}, *sorted = NULL;
    while (all) {
        struct finding *one = all;
        all = one->next;
        one->next = NULL;
        size_t i = 0;
        for (; runs[i]; runs[i++] = NULL)
            one = merge(runs[i], one);
        runs[i] = one;
    }
    for (size_t i = 0; i < CSAN_COUNT(runs); i++)
        sorted = merge(runs[i], sorted);
    return sorted;
}

static void weigh(struct findings *f)
{
    uint64_t sum = 0;
    struct finding *leaks = take_leaks(f, &sum);
    if (sum <= csan__options.max_leak)
        return;
    for (struct finding *one = sort(leaks); one; one = one->next) {
        *f->last = one;
        f->last = &one->next;
        f->count++;
    }
}

/* What hangs behind a reported block stays alive by it: only the direct ones need the sign. */
static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one && last.nslots; one = one->next) {
        struct group *g = group_of(one->stack);
        if (one->kind == FINDING_LEAK && g->finding)
            g->is_reported = true;
    }
    for (size_t i = 0; i < last.ndirect; i++)
        if (last.direct[i].group->is_reported)
            csan__block_ignore(last.direct[i].start);
    memset(&last, 0, sizeof last);
}

const struct detector csan__detector_leak = {
    .name = "leak",
    .judge = judge,
    .weigh = weigh,
    .reported = reported,
};
