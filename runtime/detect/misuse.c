/* lock-misuse: what a program must not do with a lock, one finding per kind and place.
 *
 *   bucket of the place ──▶ record ──▶ record ──▶ …     never unlinked: read without a lock
 *
 * The hooks say what was wrong, and with whom; here it is counted. The place is where the program
 * did it; of a lock that was still held at an end it is where the lock was taken. */
#include "base/arena.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "detect/lock_name.h"
#include "record/block.h"
#include "record/name.h"
#include "record/task.h"

#include <errno.h>
#include <pthread.h>

#define BUCKETS 256u
#define LEFT_MAX 64u /* locks of one ended thread that are looked at */

struct record {
    struct record *next;
    enum sync_misuse misuse;
    enum sync_kind kind;
    uint32_t stack;       /* of the place */
    uint32_t other_stack; /* of the other side */
    int tid, holder_tid;  /* of the first time */
    uintptr_t object;
    const char *name; /* that the program gave it; NULL: none */
    const char *call;
    uint32_t epoch; /* of the last time */
    uint64_t count, reported;
};

/* A lock that an ended thread left held: told once, by the verdict or by the next thread that has
 * the ended one's record. */
struct leftover {
    struct leftover *next;
    uintptr_t object;
    int tid;
};

static struct {
    struct lock lock;
    struct record *buckets[BUCKETS];
    struct leftover *leftovers;
} misuse = {.lock = LOCK_INIT(LOCK_MISUSE)};

/* ------------------------------------------------------------------ as it happens */

static bool is_same(const struct record *a, const struct record *b)
{
    return a->misuse == b->misuse && a->stack == b->stack &&
           (a->stack != 0 || a->object == b->object);
}

static void count(const struct record *what)
{
    struct record **bucket = &misuse.buckets[what->stack * 0x9e3779b1u % BUCKETS];
    struct record *r = *bucket;
    while (r && !is_same(r, what))
        r = r->next;
    if (!r) {
        r = csan__arena_alloc(sizeof *r);
        if (!r)
            return;
        *r = *what;
        r->next = *bucket;
        __atomic_store_n(bucket, r, __ATOMIC_RELEASE);
    }
    r->epoch = what->epoch;
    __atomic_store_n(&r->count, r->count + 1, __ATOMIC_RELAXED);
}

/* False: it was told before. */
static bool is_new_leftover(uintptr_t object, int tid)
{
    struct leftover *l = misuse.leftovers;
    while (l && (l->object != object || l->tid != tid))
        l = l->next;
    if (l || !(l = csan__arena_alloc(sizeof *l)))
        return false;
    *l = (struct leftover){.next = misuse.leftovers, .object = object, .tid = tid};
    misuse.leftovers = l;
    return true;
}

static void note(const struct sync_event *e)
{
    struct record what = {.misuse = e->misuse,
                          .kind = e->lock_kind,
                          .stack = e->stack,
                          .other_stack = csan__lock_stack(&e->other),
                          .tid = e->thread ? e->thread->tid : 0,
                          .holder_tid = e->holder_tid,
                          .object = e->object,
                          .name = csan__name_of(e->object),
                          .call = e->call,
                          .epoch = csan__block_epoch()};
    bool at_end = e->misuse == MISUSE_EXIT_HOLDING || e->misuse == MISUSE_END_HOLDING;
    if (at_end && what.other_stack) {
        what.stack = what.other_stack;
        what.other_stack = e->stack;
    }
    csan__lock_take(&misuse.lock);
    if (e->misuse != MISUSE_EXIT_HOLDING || is_new_leftover(e->object, e->holder_tid))
        count(&what);
    csan__lock_give(&misuse.lock);
}

/* ------------------------------------------------------------------ what is held at an end */

/* By the lock's own word: another may have unlocked it. */
static bool is_still_held(const struct held *h, int tid)
{
    union {
        pthread_mutex_t mutex;
        pthread_rwlock_t rwlock;
        pthread_spinlock_t spin;
    } is;
    size_t bytes = h->kind == SYNC_MUTEX  ? sizeof is.mutex
                   : h->kind == SYNC_SPIN ? sizeof is.spin
                                          : sizeof is.rwlock;
    if (csan__os_read_memory(&is, (const void *)h->object, bytes) != bytes)
        return false;
    if (h->kind == SYNC_MUTEX)
        return is.mutex.__data.__owner == tid;
    if (h->kind == SYNC_SPIN)
        return is.spin != 1;
    return h->kind == SYNC_WRITE ? is.rwlock.__data.__cur_writer == tid
                                 : is.rwlock.__data.__readers >> 3 > 0;
}

static void hear(const struct sync_event *e)
{
    if (!csan__options.lock_misuse)
        return;
    if (e->misuse != MISUSE_END_HOLDING || is_still_held(&e->other, e->holder_tid))
        note(e);
}

/* The first thread's id stays, as a zombie's, while the others run. */
static bool has_ended(int tid)
{
    return csan__os_tgkill(csan__os_pid(), tid, 0) == -ESRCH ||
           (tid == csan__os_pid() && csan__task_first_has_ended());
}

/* Nobody writes to an ended thread's record before another has it. */
static void note_left(struct thread *t)
{
    static struct held room[LEFT_MAX]; /* LOCK_SESSION */
    struct sync s;
    int tid = t->tid;
    if (!tid || !csan__sync_snapshot(t, &s, room, LEFT_MAX) || s.nheld == 0 || !has_ended(tid))
        return;
    for (uint32_t i = 0; i < s.nheld; i++) {
        struct sync_event e = {.misuse = MISUSE_EXIT_HOLDING,
                               .object = room[i].object,
                               .lock_kind = (enum sync_kind)room[i].kind,
                               .holder_tid = tid,
                               .other = room[i]};
        if (!(room[i].flags & HELD_ROBUST) && is_still_held(&room[i], tid))
            note(&e);
    }
}

/* ------------------------------------------------------------------ the verdict */

static const struct sentence {
    const char *before, *after; /* of the lock's name */
    const char *other;          /* the other side */
    const char *note;
} sentences[] = {
    [MISUSE_UNLOCK_NOT_HELD] = {"unlock of ", " by a thread that does not hold it", "which took it",
                                NULL},
    [MISUSE_DESTROY_HELD] = {"destroy of ", ", which is held", "which took it", NULL},
    [MISUSE_RELOCK] = {"second lock of ", " by the thread that holds it", "first taken",
                       "it is not recursive: this waits for ever, or fails with EDEADLK"},
    [MISUSE_EXIT_HOLDING] = {"", " taken here is still held when its thread ends", "ended", NULL},
    [MISUSE_FREE_HELD] = {"memory of ", " freed while it is held", "which took it", NULL},
    [MISUSE_END_HOLDING] = {"", " taken here is still held when the process ends", "ended", NULL},
};

static const char *say(const struct record *r, struct arena *scratch)
{
    char room[160];
    struct text t = TEXT(room);
    csan__text_str(&t, sentences[r->misuse].before);
    csan__lock_name_as(&t, r->kind, r->object, r->name);
    csan__text_str(&t, sentences[r->misuse].after);
    if (r->count > 1) {
        csan__text_str(&t, " (");
        csan__text_count(&t, r->count, "time");
        csan__text_char(&t, ')');
    }
    return csan__arena_scratch_copy(scratch, room, t.len);
}

static void add_other(const struct record *r, struct arena *scratch, struct finding *f)
{
    char room[96];
    struct text t = TEXT(room);
    bool has_holder = r->misuse != MISUSE_RELOCK && r->misuse != MISUSE_EXIT_HOLDING &&
                      r->misuse != MISUSE_END_HOLDING;
    if (!r->other_stack && !(has_holder && r->holder_tid))
        return;
    if (has_holder)
        csan__text_str(&t, "held by ");
    if (has_holder && r->holder_tid == r->tid)
        csan__text_str(&t, "this thread, ");
    else if (has_holder && r->holder_tid)
        csan__text_format(&t, "thread %d, ", r->holder_tid);
    else if (has_holder)
        csan__text_str(&t, "the thread ");
    csan__text_str(&t, sentences[r->misuse].other);
    csan__lock_party(scratch, f, room, r->other_stack);
}

static int add(struct record *r, struct findings *out)
{
    struct finding *f = csan__findings_add(out, FINDING_LOCK_MISUSE);
    if (!f || !(f->what = say(r, out->scratch)))
        return -ENOMEM;
    f->stack = r->stack;
    f->amount = r->count;
    f->count = r->count;
    f->option = "lock_misuse";
    f->source = r;
    f->note = sentences[r->misuse].note;
    if (r->misuse == MISUSE_UNLOCK_NOT_HELD && !r->other_stack && !r->holder_tid)
        f->note = "no thread holds it";
    add_other(r, out->scratch, f);
    return 0;
}

static int judge(uint32_t since, const struct world *world, struct findings *out)
{
    (void)world;
    if (!csan__options.lock_misuse)
        return 0;
    int failed = 0;
    for (struct thread *t = csan__thread_first(); t; t = t->next)
        note_left(t);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct record *r = __atomic_load_n(&misuse.buckets[i], __ATOMIC_ACQUIRE); r && !failed;
             r = r->next)
            if (r->epoch >= since && r->count > r->reported)
                failed = add(r, out);
    return failed;
}

static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_LOCK_MISUSE)
            ((struct record *)one->source)->reported = one->count;
}

/* What the parent did is the parent's. */
static void forked(void)
{
    for (size_t i = 0; i < BUCKETS; i++)
        misuse.buckets[i] = NULL;
    misuse.leftovers = NULL;
}

const struct detector csan__detector_misuse = {
    .name = "lock-misuse",
    .judge = judge,
    .reported = reported,
    .sync = hear,
    .hears = SYNC_HEARS(MISUSE),
    .forked = forked,
};
