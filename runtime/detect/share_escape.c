#include "detect/share_escape.h"
#include "base/arena.h"
#include "base/text.h"
#include "detect/lock_name.h"
#include "detect/pointers.h"
#include "detect/share_fault.h"

#include <errno.h>

#define PLACES 16u /* of one finding that are listed */
#define BUCKETS 1024u

/* Hits of one borrower and one kind of end are one finding. */
struct escape {
    struct escape *next; /* of its bucket */
    struct escape *made_before;
    struct escapes *of;
    struct share_item *item; /* the first */
    struct place *places;    /* the first PLACES */
    uint32_t count;
    bool is_note, is_reported;
};

struct escapes {
    struct escape *buckets[BUCKETS], *newest, *last;
    struct census *census;
    const struct world *world;
    struct findings *out;
};

struct escapes *csan__escapes_open(struct census *of, const struct world *w, struct findings *out)
{
    struct escapes *e = csan__arena_scratch_alloc(out->scratch, sizeof *e);
    if (e)
        *e = (struct escapes){.census = of, .world = w, .out = out};
    return e;
}

/* ---- by borrower */

static uint32_t borrower_of(const struct share_item *i)
{
    bool lent = i->owner && i->owner->is_pool;
    return lent || !i->shared_stack ? i->began_stack : i->shared_stack;
}

static bool is_of(const struct escape *e, const struct share_item *i, bool is_note)
{
    return e->is_note == is_note && borrower_of(e->item) == borrower_of(i) &&
           e->item->owner == i->owner && e->item->ended_stack == i->ended_stack;
}

static struct escape **bucket_of(struct escapes *c, const struct share_item *i)
{
    uint64_t key = (uint64_t)borrower_of(i) << 32 ^ i->ended_stack;
    return &c->buckets[(key * 0x9e3779b97f4a7c15u) >> 54];
}

/* NULL: there is none yet. */
static struct escape *known_escape(struct escapes *c, const struct share_item *i, bool is_note)
{
    if (c->last && is_of(c->last, i, is_note))
        return c->last;
    struct escape *e = *bucket_of(c, i);
    while (e && !is_of(e, i, is_note))
        e = e->next;
    return c->last = e;
}

static struct escape *escape_of(struct escapes *c, struct share_item *i, bool is_note)
{
    struct escape *e = known_escape(c, i, is_note), **bucket = bucket_of(c, i);
    if (e || !(e = csan__arena_scratch_alloc(c->out->scratch, sizeof *e)))
        return e;
    *e = (struct escape){.next = *bucket, .made_before = c->newest, .of = c};
    e->item = i;
    e->is_note = is_note;
    e->places = csan__arena_scratch_alloc(c->out->scratch, PLACES * sizeof *e->places);
    return e->places ? c->newest = *bucket = e : NULL;
}

bool csan__escapes_add(struct escapes *c, struct share_item *i, const struct place *p, bool is_note)
{
    struct escape *e = escape_of(c, i, is_note);
    if (!e)
        return false;
    if (e->count < PLACES) {
        e->places[e->count] = *p;
        csan__pointers_describe(c->world, &e->places[e->count]);
    }
    e->count++;
    return true;
}

/* ---- findings */

static bool is_given_back(const struct share_item *i)
{
    return i->owner && i->owner->is_pool;
}

/* `a pointer into a buffer of cache "rows" that was evicted is still stored` */
static const char *say(const struct escape *e, struct arena *scratch)
{
    char room[192];
    struct text t = TEXT(room);
    csan__text_count(&t, e->count, "pointer");
    csan__text_str(&t, " into a buffer of ");
    csan__fault_owner(&t, e->item->owner);
    csan__text_str(&t, is_given_back(e->item) ? " that was given back" : " that was evicted");
    csan__text_str(&t, e->count == 1 ? " is still stored" : " are still stored");
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static const char *describe(const struct escape *e, struct arena *scratch)
{
    char room[128];
    struct text t = TEXT(room);
    const struct share_item *i = e->item;
    uintptr_t off = e->places[0].value - i->lo;
    csan__text_str(&t, "buffer of ");
    csan__text_bytes(&t, i->bytes);
    if (off)
        csan__text_format(&t, ", offset %lu", (unsigned long)off);
    if (i->state == SHARE_SPARE)
        csan__text_str(&t, "; one of the places may be the pool's own");
    else if (i->state == SHARE_GONE)
        csan__text_str(&t, ", freed by now");
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static void add_traces(const struct escape *e, struct finding *f, struct arena *scratch)
{
    for (const struct share_trace *t = e->item->traces; t; t = t->next) {
        char room[80];
        struct text label = TEXT(room);
        csan__text_format(&label, "touched \"%s\"", t->hint);
        csan__lock_party(scratch, f, room, t->stack);
    }
}

static int add(const struct escape *e, struct findings *out)
{
    struct arena *scratch = out->scratch;
    struct finding *f = csan__findings_add(out, FINDING_ESCAPE);
    if (!f || !(f->what = say(e, scratch)))
        return -ENOMEM;
    f->places = e->places;
    f->nplaces = e->count < PLACES ? e->count : PLACES;
    f->source = (void *)e;
    f->stack = borrower_of(e->item);
    f->amount = f->count = e->count;
    f->option = e->is_note ? NULL : "max_escapes";
    f->note = describe(e, scratch);
    f->is_note = e->is_note;
    bool back = is_given_back(e->item);
    if (e->item->ended_stack)
        csan__lock_party(scratch, f, back ? "given back" : "evicted", e->item->ended_stack);
    if (!back && e->item->began_stack != f->stack)
        csan__lock_party(scratch, f, "published", e->item->began_stack);
    add_traces(e, f, scratch);
    return 0;
}

int csan__escapes_tell(const struct escapes *c)
{
    int failed = 0;
    for (const struct escape *e = c->newest; e && !failed; e = e->made_before)
        failed = add(e, c->out);
    return failed;
}

struct census *csan__escapes_reported(const struct findings *f)
{
    struct census *c = NULL;
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_ESCAPE && one->nplaces) { /* or an access: a fault */
            struct escape *e = one->source;
            e->is_reported = true;
            c = e->of->census;
        }
    return c;
}

bool csan__escapes_has_shown(struct escapes *c, const struct share_item *i, bool is_note)
{
    const struct escape *e = known_escape(c, i, is_note);
    return e && e->is_reported;
}
