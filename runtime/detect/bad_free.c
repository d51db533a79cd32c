/* bad-free: one finding per kind of mistake and place.
 *
 *   bucket of (mistake, place) ──▶ record ──▶ record ──▶ …    never unlinked: read without a lock
 *
 * That a free is wrong is known from libc's own signs (record/chunk.h). Who made the block, and who
 * freed it first, is told by the account that may be left in it, and by the ring of the last frees
 * of each thread. */
#include "detect/bad_free.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/gone.h"
#include "record/chunk.h"
#include "record/maps.h"
#include "record/module.h"
#include "record/stack.h"

#include <errno.h>
#include <string.h>

#define BUCKETS 64u

enum mistake {
    FREED_TWICE,
    FREED_INSIDE,    /* of a live block */
    FREED_STACK,     /* memory of the calling thread's stack */
    FREED_STATIC,    /* memory of a module */
    FREED_NO_HEAP,   /* memory that malloc never gave */
    FREED_NOTHING,   /* no memory at all */
    FREED_OTHERWISE, /* by another family than it was made by */
    FREED_SIZE,
    OVERFLOWN,
};

struct record {
    struct record *next;
    enum mistake mistake;
    const char *call;
    uint32_t stack, allocated, freed; /* where it was freed now, made, freed first; 0: not known */
    enum block_family family, as;
    bool has_size;
    size_t asked;
    size_t offset; /* of the pointer in the block; or the size that was given */
    uint32_t epoch;
    uint64_t count, reported;
};

static struct {
    struct lock lock;
    struct record *buckets[BUCKETS];
    uint64_t damaged; /* how often a damaged block was met, at the last verdict */
} bad = {.lock = LOCK_INIT(LOCK_BADFREE)};

/* ------------------------------------------------------------------ as it happens */

/* The record of this mistake at this place; NULL: no memory. */
static struct record *enter_record(const struct record *what)
{
    uint32_t place = what->stack ? what->stack : what->allocated;
    struct record **bucket = &bad.buckets[(place * 0x9e3779b1u + what->mistake) % BUCKETS];
    struct record *r = *bucket;
    while (r && (r->mistake != what->mistake || r->stack != what->stack ||
                 (!r->stack && r->allocated != what->allocated)))
        r = r->next;
    if (r)
        return r;
    r = csan__arena_alloc(sizeof *r);
    if (!r)
        return NULL;
    *r = *what;
    r->next = *bucket;
    __atomic_store_n(bucket, r, __ATOMIC_RELEASE);
    return r;
}

static void count(const struct record *what)
{
    csan__lock_take(&bad.lock);
    struct record *r = enter_record(what);
    if (r) {
        r->epoch = csan__block_epoch();
        __atomic_store_n(&r->count, r->count + 1, __ATOMIC_RELAXED);
    }
    csan__lock_give(&bad.lock);
}

static void note(const struct free_call *c, struct record what)
{
    what.call = c->name;
    what.as = c->as;
    what.stack = csan__stack_here(c->at);
    count(&what);
}

/* In the ring of one thread's last frees, newest first. */
static bool is_in_ring(const struct thread *t, uintptr_t addr, uintptr_t *pc)
{
    uint32_t n = __atomic_load_n(&t->nfreed, __ATOMIC_RELAXED);
    for (uint32_t back = 1; back <= THREAD_FREED && back <= n; back++) {
        const uintptr_t *start = &t->freed[(n - back) % THREAD_FREED].start;
        if (__atomic_load_n(start, __ATOMIC_ACQUIRE) != addr)
            continue;
        *pc = __atomic_load_n(&t->freed[(n - back) % THREAD_FREED].pc, __ATOMIC_ACQUIRE);
        if (__atomic_load_n(start, __ATOMIC_RELAXED) == addr)
            return true;
    }
    return false;
}

/* Who freed addr of late. *stack is 0 when more than one thread did: nothing says who was last. */
static bool was_freed(uintptr_t addr, uint32_t *stack)
{
    uint32_t threads = 0;
    uintptr_t pc = 0;
    *stack = 0;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        threads += is_in_ring(t, addr, &pc);
    if (threads == 1 && pc)
        *stack = csan__stack_keep(&pc, 1, true);
    return threads > 0;
}

static bool is_on_own_stack(const struct free_call *c)
{
    const struct thread *t = c->thread;
    bool own = c->at->sp >= t->stack_lo && c->at->sp < t->stack_hi;
    return own && c->addr >= c->at->sp && c->addr < t->stack_hi;
}

static bool note_freed_inside(const struct free_call *c)
{
    struct block b;
    if (!csan__block_find(c->addr, &b) || b.start == c->addr)
        return false;
    note(c, (struct record){.mistake = FREED_INSIDE,
                            .allocated = b.stack,
                            .has_size = !b.damaged,
                            .asked = b.asked,
                            .offset = c->addr - b.start});
    return true;
}

/* What it was once, if it was csan's. */
static struct record look_back(uintptr_t addr)
{
    struct record was = {.mistake = FREED_NO_HEAP};
    struct block b;
    struct stack_view view;
    bool left = csan__block_left(addr, &b) && csan__stack_get(b.stack, &view);
    if (was_freed(addr, &was.freed) || left)
        was.mistake = FREED_TWICE;
    if (left) {
        was.allocated = b.stack;
        was.has_size = true;
        was.asked = b.asked;
    }
    return was;
}

bool csan__bad_free_unknown(const struct free_call *c)
{
    struct range at;
    if (note_freed_inside(c))
        return true;
    struct record what = look_back(c->addr);
    enum chunk state = CHUNK_USED;
    if (csan__block_chunk_headers)
        state = csan__chunk_state(c->addr, &csan__chunk_signs);
    if (is_on_own_stack(c))
        what = (struct record){.mistake = FREED_STACK};
    else if (csan__module_find_live(c->addr))
        what = (struct record){.mistake = FREED_STATIC};
    else if (state == CHUNK_USED)
        return false;
    else if (what.mistake == FREED_NO_HEAP && !csan__maps_find(c->addr, &at))
        what.mistake = FREED_NOTHING;
    note(c, what);
    return true;
}

void csan__bad_free_block(const struct free_call *c, const struct block *b, enum block_drop why)
{
    note(c, (struct record){.mistake = why == DROP_DAMAGED ? OVERFLOWN : FREED_OTHERWISE,
                            .allocated = b->stack,
                            .family = b->family,
                            .has_size = !b->damaged,
                            .asked = b->asked});
}

void csan__bad_free_size(const struct free_call *c, const struct block *b, size_t given)
{
    note(c, (struct record){.mistake = FREED_SIZE,
                            .allocated = b->stack,
                            .has_size = true,
                            .asked = b->asked,
                            .offset = given});
}

/* ------------------------------------------------------------------ the verdict */

static bool note_overflow(const struct block *b, void *arg)
{
    (void)arg;
    if (!b->damaged || csan__gone(b->start))
        return true;
    struct record what = {.mistake = OVERFLOWN, .allocated = b->stack, .asked = b->asked};
    struct record *r = enter_record(&what);
    if (r) {
        r->epoch = csan__block_epoch();
        r->count++;
    }
    return true;
}

/* Blocks that are live and spoilt: counted anew by each verdict. The leak check before this one has
 * met each; without it nobody has looked. */
static int look_for_overflows(const struct world *w)
{
    if (csan__options.max_leak != OPTION_OFF && csan__block_damaged() == bad.damaged)
        return 0;
    int failed = csan__block_freeze(w);
    if (failed)
        return failed;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct record *r = bad.buckets[i]; r; r = r->next)
            if (r->mistake == OVERFLOWN && !r->stack)
                r->count = 0;
    csan__block_each(note_overflow, NULL);
    csan__block_thaw();
    bad.damaged = csan__block_damaged();
    return 0;
}

static void say_block(struct text *t, const struct record *r)
{
    csan__text_str(t, "a block");
    if (r->has_size) {
        csan__text_str(t, " of ");
        csan__text_bytes(t, r->asked);
    }
}

static const char *const makers[] = {
    [BLOCK_MALLOC] = "malloc", [BLOCK_NEW] = "new", [BLOCK_NEW_ARRAY] = "new[]"};
_Static_assert(CSAN_COUNT(makers) == BLOCK_FAMILIES, "every family has a name");

static void say_mistake(struct text *t, const struct record *r)
{
    if (r->mistake == FREED_TWICE && strcmp(r->call, "free") == 0) {
        csan__text_str(t, "double free of ");
        say_block(t, r);
        return;
    }
    if (r->mistake == OVERFLOWN) {
        csan__text_str(t, "written past the end of ");
        say_block(t, r);
        if (r->stack)
            csan__text_format(t, ", found by %s", r->call);
        return;
    }
    csan__text_format(t, "%s of ", r->call);
    if (r->mistake == FREED_INSIDE) {
        csan__text_str(t, "a pointer ");
        csan__text_bytes(t, r->offset);
        csan__text_str(t, " into ");
    }
    static const char *const what[] = {
        [FREED_STACK] = "memory on the stack, which malloc never gave",
        [FREED_STATIC] = "a variable or literal of the program, which malloc never gave",
        [FREED_NO_HEAP] = "memory that malloc never gave, or has back",
        [FREED_NOTHING] = "an address where there is no memory",
    };
    if (r->mistake >= FREED_STACK && r->mistake <= FREED_NOTHING)
        csan__text_str(t, what[r->mistake]);
    else
        say_block(t, r);
    if (r->mistake == FREED_TWICE)
        csan__text_str(t, " that is free already");
    if (r->mistake == FREED_OTHERWISE)
        csan__text_format(t, " made by %s", makers[r->family]);
    if (r->mistake == FREED_SIZE) {
        csan__text_str(t, " as one of ");
        csan__text_bytes(t, r->offset);
    }
}

static const char *say(const struct record *r, struct arena *scratch)
{
    char room[192];
    struct text t = TEXT(room);
    say_mistake(&t, r);
    if (r->count > 1) {
        csan__text_str(&t, " (");
        csan__text_count(&t, r->count, r->stack ? "time" : "block");
        csan__text_char(&t, ')');
    }
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static void add_party(struct finding *f, const char *label, uint32_t stack)
{
    if (stack)
        f->parties[f->nparties++] = (struct finding_party){.label = label, .stack = stack};
}

static int add(struct record *r, struct findings *out)
{
    struct finding *f = csan__findings_add(out, FINDING_BAD_FREE);
    if (!f || !(f->what = say(r, out->scratch)))
        return -ENOMEM;
    f->stack = r->stack ? r->stack : r->allocated;
    f->amount = r->count;
    f->count = r->count;
    f->source = r;
    if (r->mistake == OVERFLOWN)
        f->note = "what wrote there is not known: -fsanitize=address, without csan, names it";
    add_party(f, "freed first", r->freed);
    add_party(f, "allocated", r->stack ? r->allocated : 0);
    return 0;
}

static int judge(uint32_t since, const struct world *world, struct findings *out)
{
    int failed = look_for_overflows(world);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct record *r = __atomic_load_n(&bad.buckets[i], __ATOMIC_ACQUIRE); r && !failed;
             r = r->next)
            if (r->epoch >= since && r->count > r->reported)
                failed = add(r, out);
    return failed;
}

static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_BAD_FREE)
            ((struct record *)one->source)->reported = one->count;
}

/* What the parent did is the parent's. */
static void forked(void)
{
    memset(bad.buckets, 0, sizeof bad.buckets);
}

const struct detector csan__detector_bad_free = {
    .name = "bad-free",
    .judge = judge,
    .reported = reported,
    .forked = forked,
};
