#include "detect/share_fault.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/text.h"
#include "detect/lock_name.h"
#include "record/block.h"

#include <errno.h>

#define BUCKETS 256u

static struct {
    struct lock lock;
    struct share_fault *buckets[BUCKETS]; /* never unlinked: read without a lock */
} faults = {.lock = LOCK_INIT(LOCK_OFFENCE)};

/* ---- as it happens */

void csan__fault_party(struct share_fault *f, const char *label, uint32_t stack, int tid)
{
    if (f->nparties == FAULT_PARTIES || (!stack && !tid))
        return;
    f->parties[f->nparties].label = label;
    f->parties[f->nparties].stack = stack;
    f->parties[f->nparties++].tid = tid;
}

void csan__fault_holders(struct share_fault *f, const struct share_item *i, const char *label,
                         const struct share_borrow *but)
{
    uint32_t said[FAULT_PARTIES] = {but ? but->stack : 0}, n = 1;
    for (const struct share_borrow *b = csan__share_borrow(i, i->borrows); b && n < 4;
         b = csan__share_borrow(i, b->next)) {
        uint32_t known = 0;
        while (known < n && said[known] != b->stack)
            known++;
        if (known < n)
            continue;
        said[n++] = b->stack;
        csan__fault_party(f, label, b->stack, b->tid);
    }
    for (const struct share_trace *t = i->traces; t; t = t->next) {
        uint32_t at = f->nparties;
        csan__fault_party(f, "touched", t->stack, t->tid);
        if (at == f->nparties)
            continue;
        struct text hint = TEXT(f->parties[at].hint);
        csan__text_str(&hint, t->hint);
    }
}

/* A cache is over its limit from wherever it is filled. */
static bool is_same(const struct share_fault *a, const struct share_fault *b)
{
    bool anywhere = a->kind == FAULT_OVER_BYTES || a->kind == FAULT_OVER_ENTRIES;
    if (anywhere)
        return a->kind == b->kind && a->owner == b->owner;
    return a->kind == b->kind && a->stack == b->stack && a->owner == b->owner;
}

static void count(const struct share_fault *what)
{
    struct share_fault **bucket =
        &faults.buckets[((uint32_t)(uintptr_t)what->owner * 0x9e3779b1u >> 16) % BUCKETS];
    struct share_fault *f = *bucket;
    while (f && !is_same(f, what))
        f = f->next;
    if (!f) {
        f = csan__arena_alloc(sizeof *f);
        if (!f)
            return;
        *f = *what;
        f->next = *bucket;
        __atomic_store_n(bucket, f, __ATOMIC_RELEASE);
    }
    if (f->bytes < what->bytes)
        f->bytes = what->bytes;
    f->epoch = csan__block_epoch();
    __atomic_store_n(&f->count, f->count + 1, __ATOMIC_RELAXED);
}

void csan__fault_note(const struct share_fault *f)
{
    csan__lock_take(&faults.lock);
    count(f);
    csan__lock_give(&faults.lock);
}

/* ---- the verdict */

#define OVER "evict before the next call on it: it publishes more than it drops"

/* %b: the buffer's bytes, %o: the owner, %n: a number, %m: the measure, %l: the limit */
static const struct sentence {
    enum finding_kind kind;
    const char *what, *note;
} sentences[] = {
    [FAULT_CHANGED] = {FINDING_MUTATION, "a buffer of %b of %o was changed while it was shared",
                       NULL},
    [FAULT_CHANGED_BEHIND] = {FINDING_MUTATION,
                              "a shared buffer of %o was written to behind its %b",
                              "somebody appends to it: what is behind is not the borrower's"},
    [FAULT_STORED] = {FINDING_MUTATION, "a buffer of %b of %o was written to through a share",
                      NULL},
    [FAULT_FREED] = {FINDING_MUTATION, "a buffer of %b of %o was freed while it was shared", NULL},
    [FAULT_MOVED] = {FINDING_MUTATION,
                     "a buffer of %b of %o was given to realloc while it was shared", NULL},
    [FAULT_NEVER_RELEASED] = {FINDING_UNRELEASED,
                              "a share of a buffer of %b of %o was never released", NULL},
    [FAULT_RELEASED_TWICE] = {FINDING_UNRELEASED,
                              "a share of a buffer of %b of %o was released twice", NULL},
    [FAULT_NOT_SHARED] = {FINDING_UNRELEASED, "released what was not shared", NULL},
    [FAULT_PUBLISHED_TWICE] = {FINDING_POOL, "a buffer of %b of %o was published twice",
                               "csan_evict it first, or change it between csan_writable and "
                               "csan_sealed"},
    [FAULT_TOO_LONG] = {FINDING_POOL, "%b of %o begin in a block that has %l left there", NULL},
    [FAULT_NO_BLOCK] = {FINDING_POOL, "csan_publish of memory that is no heap block",
                        "csan_publish_fixed is for statics, for parts of blocks, and for the stack "
                        "of a function that outlives it"},
    [FAULT_NO_MEMORY] = {FINDING_POOL, "%b at an address that is no memory, given to %o", NULL},
    [FAULT_OVER_BYTES] = {FINDING_POOL, "%o holds %b, its limit is %l", OVER},
    [FAULT_OVER_ENTRIES] = {FINDING_POOL, "%o holds %m, its limit is %n", OVER},
    [FAULT_GIVEN_TWICE] = {FINDING_POOL, "a buffer of %o was given back twice", NULL},
    [FAULT_FOREIGN] = {FINDING_POOL, "a buffer that %o never lent was given back", NULL},
    [FAULT_LENT_TWICE] = {FINDING_POOL, "a buffer of %o was lent while it was on loan", NULL},
    [FAULT_CAPACITY] = {FINDING_POOL, "a buffer of %b went back to %o, which keeps %l at most",
                        "the pool will hold on to it: drop what grew too large instead"},
    [FAULT_MIXED_SIZES] = {FINDING_POOL, "a buffer of %b in %o, whose buffers have %l", NULL},
    [FAULT_LEFT_OVER] = {FINDING_POOL, "%b of its tenant's are left in a buffer given back to %o",
                         NULL},
    [FAULT_LEFT_TO_NEXT] = {FINDING_POOL, "%b of the tenant before are left in a buffer lent by %o",
                            NULL},
    [FAULT_USED_AFTER] = {FINDING_POOL, "a buffer of %o was written to after it was given back",
                          NULL},
    [FAULT_RELEASED_USED] = {FINDING_ESCAPE,
                             "a share of a buffer of %b of %o was used after its release", NULL},
    [FAULT_RETURNED_USED] = {FINDING_ESCAPE,
                             "a buffer of %b of %o was used after it was given back", NULL},
    [FAULT_FREED_USED] = {FINDING_ESCAPE, "a buffer of %b of %o was used after it was freed", NULL},
    [FAULT_UNMET] = {FINDING_MUTATION, "share=precise is not to be had for all of %o", NULL},
};
_Static_assert(CSAN_COUNT(sentences) == FAULT_KINDS, "every fault has its sentence");

void csan__fault_owner(struct text *t, const struct share_owner *o)
{
    if (o)
        csan__text_format(t, "%s \"%s\"", o->is_pool ? "pool" : "cache", o->name);
    else
        csan__text_str(t, "a cache");
}

static void put_field(struct text *t, const struct share_fault *f, char field)
{
    if (field == 'b')
        csan__text_bytes(t, f->bytes);
    else if (field == 'l')
        csan__text_bytes(t, f->limit);
    else if (field == 'o')
        csan__fault_owner(t, f->owner);
    else if (field == 'n')
        csan__text_u64(t, f->limit);
    else if (f->bytes == 1)
        csan__text_str(t, "1 entry");
    else
        csan__text_format(t, "%zu entries", f->bytes);
}

static const char *say(const struct share_fault *f, struct arena *scratch)
{
    char room[256];
    struct text t = TEXT(room);
    for (const char *c = sentences[f->kind].what; *c; c++) {
        if (*c == '%')
            put_field(&t, f, *++c);
        else
            csan__text_char(&t, *c);
    }
    if (f->count - f->reported > 1) {
        csan__text_str(&t, " (");
        csan__text_count(&t, f->count - f->reported, "time");
        csan__text_char(&t, ')');
    }
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static void add_parties(const struct share_fault *f, struct arena *scratch, struct finding *out)
{
    for (uint32_t i = 0; i < f->nparties; i++) {
        char room[128];
        struct text t = TEXT(room);
        csan__text_str(&t, f->parties[i].label);
        if (f->parties[i].hint[0])
            csan__text_format(&t, " \"%s\"", f->parties[i].hint);
        if (f->parties[i].tid)
            csan__text_format(&t, " by thread %d", f->parties[i].tid);
        csan__lock_party(scratch, out, room, f->parties[i].stack);
    }
}

/* A checksum tells that it was changed, and not by whom. */
static const char *note_of(enum share_fault_kind kind)
{
    bool is_by_sum = kind == FAULT_CHANGED || kind == FAULT_USED_AFTER;
    return is_by_sum && csan__options.share != SHARE_PRECISE
               ? "which line changed it: CSAN_SHARE=precise tells"
               : sentences[kind].note;
}

static int add(struct share_fault *f, struct findings *out)
{
    struct finding *one = csan__findings_add(out, sentences[f->kind].kind);
    if (!one || !(one->what = say(f, out->scratch)))
        return -ENOMEM;
    one->stack = f->stack;
    one->count = one->amount = f->count - f->reported;
    one->option = f->kind == FAULT_UNMET ? NULL : "max_escapes";
    one->note = f->note[0] ? f->note : note_of(f->kind);
    one->source = f;
    if (f->kind == FAULT_UNMET) {
        one->is_note = true;
        one->attempt = "take away what is in the way, or ask for CSAN_SHARE=cheap";
    }
    add_parties(f, out->scratch, one);
    return 0;
}

int csan__fault_judge(uint32_t since, struct findings *out)
{
    int failed = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct share_fault *f = __atomic_load_n(&faults.buckets[i], __ATOMIC_ACQUIRE);
             f && !failed; f = f->next)
            if (f->epoch >= since && f->count > f->reported)
                failed = add(f, out);
    return failed;
}

static bool is_ours(const struct share_fault *f)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct share_fault *x = faults.buckets[i]; x; x = x->next)
            if (x == f)
                return true;
    return false;
}

void csan__fault_reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next) {
        struct share_fault *fault = one->source;
        if (fault && is_ours(fault))
            fault->reported += one->count;
    }
}

void csan__fault_forked(void)
{
    for (size_t i = 0; i < BUCKETS; i++)
        faults.buckets[i] = NULL;
}
