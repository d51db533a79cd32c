#include "detect/path.h"
#include "detect/memory.h"
#include "detect/pointers.h"
#include "detect/roots.h"
#include "record/colour.h"
#include "record/large.h"

#include <errno.h>

#define KEPT_MAX 8u /* paths for which another marking is done */

/* A block that was met, and the word through which. */
struct step {
    uintptr_t start;
    uintptr_t at;  /* address of the word */
    uint32_t from; /* the step that the word is in; ROOT + i: root i */
};

#define ROOT 0x80000000u
#define ROOTS_MAX 65536u

struct search {
    const struct world *world;
    uintptr_t lo, extent; /* a word outside [lo, lo + extent) points at no block */
    struct mark *mark;    /* white: not met yet */
    struct path *paths;
    size_t npaths, nfound;
    size_t by_stack; /* paths that have no block yet */
    struct step *steps;
    size_t count, room, next; /* next: to be looked through */
    struct root *roots;
    uint32_t nroots, from;
    bool lasting; /* this time only what is no stack and no register */
    struct memory memory;
};

/* ---- breadth first */

static bool is_asked_for(const struct path *p, const struct step *step, uint32_t stack)
{
    return p->block ? p->block == step->start : p->stack == stack;
}

static void note_found(struct search *s, const struct step *step)
{
    struct block b = {.stack = 0};
    if (s->by_stack)
        csan__block_at(step->start, &b);
    for (size_t i = 0; i < s->npaths; i++) {
        struct path *p = &s->paths[i];
        if (!is_asked_for(p, step, b.stack))
            continue;
        s->by_stack -= p->block == 0;
        p->block = step->start;
        s->nfound++;
    }
}

static CSAN_NOINLINE void meet(struct search *s, uintptr_t start, uintptr_t at)
{
    if (s->count == s->room)
        return;
    csan__mark_drop(start);
    s->steps[s->count] = (struct step){start, at, s->from};
    note_found(s, &s->steps[s->count++]);
}

static CSAN_NOINLINE void look_inside(struct search *s, uintptr_t word, uintptr_t at)
{
    struct block b;
    if (csan__block_find(word, &b) && csan__mark_is_white(b.start))
        meet(s, b.start, at);
}

static CSAN_HOT void look_at_words(memory_word *words, size_t n, uintptr_t at, void *arg)
{
    struct search *s = arg;
    for (size_t i = 0; i < n; i++) {
        uintptr_t word = csan__colour_home(words[i]);
        if (CSAN_LIKELY(word - s->lo >= s->extent))
            continue;
        const struct block_leaf *leaf = csan__block_leaf(word);
        bool begins =
            leaf && !(word & 15) && leaf->bits[csan__block_word(word)] & csan__block_bit(word);
        if (!begins)
            look_inside(s, word, at + i * sizeof word);
        else if (csan__mark_is_white(word))
            meet(s, word, at + i * sizeof word);
    }
}

static void look_at_block(struct search *s, uintptr_t start)
{
    size_t asked;
    if (csan__memory_asked(start, &asked))
        csan__memory_each(&s->memory, start, start + asked, look_at_words, s);
}

static void look_at_root(const struct root *r, void *arg)
{
    struct search *s = arg;
    bool lasting = r->kind != PLACE_STACK && r->kind != PLACE_REGISTER;
    if (lasting != s->lasting || s->nroots == ROOTS_MAX)
        return;
    s->from = ROOT + s->nroots;
    s->roots[s->nroots++] = *r;
    csan__roots_words(r, &s->memory, look_at_words, s);
}

static int look_from(struct search *s, bool lasting)
{
    s->lasting = lasting;
    int failed = csan__roots_each(s->world, look_at_root, s);
    for (; !failed && s->next < s->count && s->nfound < s->npaths; s->next++) {
        s->from = (uint32_t)s->next;
        look_at_block(s, s->steps[s->next].start);
    }
    return failed;
}

/* ---- chains */

static bool read_word(uintptr_t at, enum place_kind kind, uintptr_t *out)
{
    if (kind != PLACE_THREAD)
        return csan__readable_copy(out, at, sizeof *out);
    *out = *(memory_word *)at;
    return true;
}

/* The place of the word that leads to step i. */
static void describe(const struct search *s, size_t i, struct place *p)
{
    const struct step *step = &s->steps[i];
    *p = (struct place){.kind = PLACE_HEAP, .follows = true, .at = step->at};
    if (step->from >= ROOT) {
        const struct root *r = &s->roots[step->from - ROOT];
        *p = (struct place){.kind = r->kind, .tid = r->tid, .at = step->at};
    }
    if (!read_word(p->at, p->kind, &p->value))
        p->value = step->start;
    csan__pointers_describe(s->world, p);
}

static size_t find_step(const struct search *s, uintptr_t start)
{
    size_t i = 0;
    while (i < s->count && s->steps[i].start != start)
        i++;
    return i;
}

/* What the loader allocates for thread-locals is known as what it is: nobody's block. */
static void drop_vector(struct path *p, struct place *places)
{
    if (p->nplaces < 2 || places[1].kind != PLACE_THREAD_LOCAL)
        return;
    places[1].follows = false;
    p->places++;
    p->nplaces--;
}

static int make_chain(struct search *s, struct path *p)
{
    size_t last = find_step(s, p->block), length = 1;
    if (!p->block || last == s->count)
        return 0;
    for (size_t i = last; s->steps[i].from < ROOT; i = s->steps[i].from)
        length++;
    uint32_t n = length + 1 > PATH_PLACES ? PATH_PLACES : (uint32_t)length + 1;
    struct place *places = csan__arena_scratch_alloc(s->world->scratch, n * sizeof *places);
    if (!places)
        return -ENOMEM;
    places[n - 1] = (struct place){.kind = PLACE_HEAP, .follows = true, .at = p->block};
    csan__pointers_describe(s->world, &places[n - 1]);
    uint32_t skipped = (uint32_t)(length + 1 - n), at = n - 1;
    size_t i = last;
    for (size_t left = length; left > 0; left--, i = s->steps[i].from) {
        bool is_shown = left >= length || left <= (size_t)n - 2;
        if (is_shown)
            describe(s, i, &places[--at]);
    }
    if (skipped)
        places[n - 2].skipped = skipped;
    p->places = places;
    p->nplaces = n;
    drop_vector(p, places);
    return 0;
}

static int find(struct search *s)
{
    int failed = look_from(s, true);
    if (!failed && s->nfound < s->npaths)
        failed = look_from(s, false);
    for (size_t i = 0; !failed && i < s->npaths; i++)
        failed = make_chain(s, &s->paths[i]);
    return failed;
}

/* From the lowest GiB that has blocks to the highest, and the end of the last large one. */
static void set_extent(struct search *s)
{
    uintptr_t lo = UINTPTR_MAX, hi = 0;
    size_t n;
    const struct range *large = csan__large_frozen(&n);
    for (const struct block_leaf *l = csan__block_leaves; l; l = l->next) {
        lo = l->base < lo ? l->base : lo;
        hi = l->base + MAP_REGION > hi ? l->base + MAP_REGION : hi;
    }
    if (n && large[n - 1].hi > hi)
        hi = large[n - 1].hi;
    s->lo = lo;
    s->extent = hi > lo ? hi - lo : 0;
}

static int search(struct search *s)
{
    set_extent(s);
    s->room = csan__mark_count(s->mark);
    size_t bytes = csan__base_round_up((s->room + 1) * sizeof *s->steps, CSAN_PAGE);
    size_t roots_bytes = csan__base_round_up(ROOTS_MAX * sizeof *s->roots, CSAN_PAGE);
    s->steps = csan__block_memory(bytes);
    s->roots = csan__block_memory(roots_bytes);
    csan__memory_open(&s->memory);
    int failed = s->steps && s->roots ? find(s) : -ENOMEM;
    csan__memory_close(&s->memory);
    if (s->steps)
        csan__os_unmap(s->steps, bytes);
    if (s->roots)
        csan__os_unmap(s->roots, roots_bytes);
    return failed;
}

/* ---- what the first pointer alone keeps */

struct without {
    struct mark *mark;
    uintptr_t word; /* not looked at */
};

/* In two parts, where it is one of these words. */
static void mark_root(const struct root *r, void *arg)
{
    const struct without *w = arg;
    struct root below = *r, above = *r;
    if (w->word - r->at.lo >= r->at.hi - r->at.lo) {
        csan__roots_mark_one(r, w->mark);
        return;
    }
    below.at.hi = w->word;
    above.at.lo = w->word + sizeof w->word;
    csan__roots_mark_one(&below, w->mark);
    csan__roots_mark_one(&above, w->mark);
}

static void count_kept(struct without *w, struct path *p)
{
    struct block b;
    for (uint32_t i = 0; i < p->nplaces && !p->kept_blocks; i++) {
        uintptr_t to = p->places[i].value ? p->places[i].value : p->places[i].at;
        if (!csan__block_find(to, &b) || !csan__mark_is_white(b.start))
            continue;
        struct mark_reach kept = csan__mark_flood(w->mark, b.start);
        p->kept_bytes = kept.bytes;
        p->kept_blocks = kept.blocks;
    }
}

static int find_kept(const struct world *world, struct path *p)
{
    struct without w;
    if (!p->nplaces)
        return 0;
    int failed = csan__mark_begin(world, &w.mark);
    if (failed)
        return failed;
    w.word = p->places[0].at;
    failed = csan__roots_each(world, mark_root, &w);
    if (!failed)
        count_kept(&w, p);
    csan__mark_end(w.mark);
    return failed;
}

int csan__path_find(const struct world *w, struct path *paths, size_t n)
{
    size_t bytes = csan__base_round_up(sizeof(struct search), CSAN_PAGE);
    struct mark *mark;
    int failed = n ? csan__mark_begin(w, &mark) : 0;
    if (failed || !n)
        return failed;
    struct search *s = csan__block_memory(bytes);
    failed = s ? 0 : -ENOMEM;
    if (s) {
        s->world = w;
        s->mark = mark;
        s->paths = paths;
        s->npaths = n;
        for (size_t i = 0; i < n; i++)
            s->by_stack += paths[i].block == 0;
        failed = search(s);
        csan__os_unmap(s, bytes);
    }
    csan__mark_end(mark);
    for (size_t i = 0; !failed && i < n && i < KEPT_MAX; i++)
        failed = find_kept(w, &paths[i]);
    return failed;
}

void csan__path_tell(const struct path *p, struct finding *f)
{
    f->places = p->places;
    f->nplaces = p->nplaces;
    f->kept_bytes = p->kept_bytes;
    f->kept_blocks = p->kept_blocks;
}
