/* Deadlocks: a cycle of threads each of which waits, without a time-out, for what the next one has.
 *
 *   tick ─▶ who sleeps? ─▶ same as last time: nothing new
 *                       └▶ waits_for.c ─▶ a cycle ─▶ the same one again, later: told
 *
 * Looked for ten times a second by the watchdog and not on the threads that wait: their way is not
 * made longer, and a cycle does not run away. It counts when it is seen twice, some time apart, and
 * none of its threads has moved in between, by csan's records as by the kernel's: what is reported
 * is so. Of cycles that overlap the shortest is told. Cycles found are never unlinked: read without
 * a lock. */
#include "base/arena.h"
#include "base/options.h"
#include "base/os.h"
#include "detect/detector.h"
#include "detect/lock_name.h"
#include "detect/waits_for.h"
#include "record/stack.h"

#include <errno.h>
#include <string.h>

#define STEPS_MAX 16384u /* of looking for a shorter cycle */
#define APART_NS 50000000u
/* A mutex that its holder waits for may be used as a semaphore: while a thread could run, that one
 * has so long to unlock it. */
#define FOREIGN_NS 750000000u
#define LOOKS 3u /* at the same sleepers: one may still have been on its way to sleep */
#define SHOWN 3u /* other threads that a finding has room for, with what they hold */

/* members[i] waits for members[i + 1], the last for the first. */
struct member {
    int tid;
    uint32_t sequence;
    enum sync_kind kind; /* what it waits for */
    uintptr_t object;
    uint32_t stack;      /* where it waits */
    enum sync_kind has;  /* what the one before waits for: its kind, and where this one took it; */
    uint32_t took_stack; /* SYNC_JOIN: its end, SYNC_NONE: its turn to write */
};

struct cycle {
    struct cycle *next;
    uint32_t count;
    bool is_reported;
    struct member members[];
};

static struct {
    struct cycle *found;
    uint64_t seen;  /* signature of the sleepers at the last tick, when they had no cycle, */
    uint32_t looks; /* and how often they have been looked at since */
    uint64_t suspect, suspect_ns; /* signature of a cycle seen once, and when */
} deadlock; /* written by the watchdog alone, but for is_reported: LOCK_SESSION */

/* ------------------------------------------------------------------ finding a cycle */

struct search {
    struct waits_for g;
    uint32_t *cursor; /* of each sleeper on the way: its last item */
    uint32_t *way;
    uint8_t *state; /* of each sleeper */
    uint32_t length;
    uint32_t *far, *before, *item; /* of each sleeper: how many from the root, after whom, by which
                                      of its items */
    uint32_t steps;
};
enum { UNSEEN, ON_THE_WAY, DONE };

static bool is_told(const struct sleeper *s)
{
    for (const struct cycle *c = deadlock.found; c; c = c->next)
        for (uint32_t i = 0; i < c->count; i++)
            if (c->members[i].tid == s->tid && c->members[i].sequence == s->sequence)
                return true;
    return false;
}

static int begin_search(struct search *s, struct arena *scratch)
{
    int failed = csan__waits_for_gather(&s->g, scratch);
    uint32_t n = s->g.count;
    if (failed)
        return failed;
    s->cursor = csan__arena_scratch_alloc(scratch, n * sizeof *s->cursor);
    s->way = csan__arena_scratch_alloc(scratch, n * sizeof *s->way);
    s->state = csan__arena_scratch_alloc(scratch, n);
    s->far = csan__arena_scratch_alloc(scratch, 3 * n * sizeof *s->far);
    if (!s->cursor || !s->way || !s->state || !s->far)
        return -ENOMEM;
    s->before = s->far + n;
    s->item = s->before + n;
    s->steps = 0;
    for (uint32_t i = 0; i < n; i++) {
        s->cursor[i] = WAITS_FOR_NOTHING;
        s->state[i] = is_told(&s->g.sleepers[i]) ? DONE : UNSEEN;
    }
    return 0;
}

/* Depth first from one sleeper. True: way[*from .. length) is a cycle. */
static bool walk(struct search *s, uint32_t root, uint32_t *from)
{
    s->length = 0;
    s->way[s->length++] = root;
    s->state[root] = ON_THE_WAY;
    while (s->length) {
        uint32_t at = s->way[s->length - 1];
        const struct waits_for_item *it = csan__waits_for_next(&s->g, at, &s->cursor[at]);
        if (!it) {
            s->state[at] = DONE;
            s->length--;
        } else if (s->state[it->sleeper] == UNSEEN) {
            s->state[it->sleeper] = ON_THE_WAY;
            s->way[s->length++] = it->sleeper;
        } else if (s->state[it->sleeper] == ON_THE_WAY) {
            for (*from = 0; s->way[*from] != it->sleeper;)
                ++*from;
            return true;
        }
    }
    return false;
}

static bool find(struct search *s, uint32_t *from)
{
    for (uint32_t i = 0; i < s->g.count; i++)
        if (s->state[i] == UNSEEN && walk(s, i, from))
            return true;
    return false;
}

/* Breadth first from root, over what a cycle may go through: how many of `max` at most the shortest
 * way back has, or 0. The way is in before[] and item[] then, from *last on. `queue`: room. */
static uint32_t go_round(struct search *s, uint32_t root, uint32_t max, uint32_t *queue,
                         uint32_t *last)
{
    uint32_t head = 0, tail = 0;
    memset(s->far, 0, s->g.count * sizeof *s->far);
    queue[tail++] = root;
    s->far[root] = 1;
    while (head < tail && s->far[queue[head]] <= max) {
        uint32_t at = queue[head++], i = WAITS_FOR_NOTHING;
        const struct waits_for_item *it;
        while (s->steps++ < STEPS_MAX && (it = csan__waits_for_next(&s->g, at, &i))) {
            uint32_t to = it->sleeper;
            if (to == root || (!s->far[to] && s->state[to] != DONE)) {
                s->before[to] = at;
                s->item[to] = i;
            }
            if (to == root) {
                *last = at;
                return s->far[at];
            }
            if (!s->far[to] && s->state[to] != DONE) {
                s->far[to] = s->far[at] + 1;
                queue[tail++] = to;
            }
        }
    }
    return 0;
}

/* A reader or two more than one, and cycles overlap: the shortest that goes through one of this
 * cycle's threads says best what is wrong. What was walked through and let go is in no cycle. */
static void shorten(struct search *s, uint32_t *from, struct arena *scratch)
{
    uint32_t n = s->length - *from, last = 0;
    uint32_t *roots = csan__arena_scratch_alloc(scratch, n * sizeof *roots);
    uint32_t *queue = csan__arena_scratch_alloc(scratch, s->g.count * sizeof *queue);
    if (!roots || !queue)
        return;
    memcpy(roots, &s->way[*from], n * sizeof *roots);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t shorter = go_round(s, roots[i], s->length - *from - 1, queue, &last);
        if (!shorter)
            continue;
        *from = 0;
        s->length = shorter;
        s->cursor[last] = s->item[roots[i]];
        for (uint32_t at = last, k = shorter; k-- > 0; at = s->before[at]) {
            s->way[k] = at;
            if (k > 0)
                s->cursor[s->before[at]] = s->item[at];
        }
    }
}

static uint64_t signature(const struct search *s, uint32_t from)
{
    uint64_t sum = 1;
    for (uint32_t i = from; i < s->length; i++) {
        const struct sleeper *one = &s->g.sleepers[s->way[i]];
        sum += (((uint64_t)one->tid << 32 | one->sequence) ^ one->object) * 0x9e3779b97f4a7c15u;
    }
    return sum;
}

/* ------------------------------------------------------------------ keeping it */

static bool all_asleep(const struct search *s, uint32_t from)
{
    for (uint32_t i = from; i < s->length; i++)
        if (!csan__waits_for_is_asleep(&s->g.sleepers[s->way[i]]))
            return false;
    return true;
}

static int compare(uint32_t one, uint32_t other)
{
    struct stack_view a, b;
    if (one == other || !csan__stack_get(one, &a) || !csan__stack_get(other, &b))
        return 0;
    for (uint32_t i = 0; i < a.depth && i < b.depth; i++)
        if (a.pcs[i] != b.pcs[i])
            return a.pcs[i] < b.pcs[i] ? -1 : 1;
    return 0;
}

/* The one whose call comes first in the code is the finding's place: in each run the same, whoever
 * began to wait last. A wait for a lock goes before one for a thread's end. */
static uint32_t first_member(const struct search *s, uint32_t from)
{
    uint32_t first = from;
    for (uint32_t i = from; i < s->length; i++) {
        const struct sleeper *one = &s->g.sleepers[s->way[i]],
                             *best = &s->g.sleepers[s->way[first]];
        bool joins = one->kind == SYNC_JOIN, best_joins = best->kind == SYNC_JOIN;
        if (joins != best_joins ? best_joins : compare(one->stack, best->stack) < 0)
            first = i;
    }
    return first;
}

static bool keep(const struct search *s, uint32_t from)
{
    uint32_t n = s->length - from, first = first_member(s, from) - from;
    struct cycle *c = csan__arena_alloc(sizeof *c + n * sizeof c->members[0]);
    if (!c)
        return false;
    c->count = n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t me = s->way[from + (first + i) % n],
                 before = s->way[from + (first + i + n - 1) % n];
        const struct sleeper *one = &s->g.sleepers[me];
        const struct held *has = &s->g.items[s->cursor[before]].held;
        c->members[i] = (struct member){.tid = one->tid,
                                        .sequence = one->sequence,
                                        .kind = one->kind,
                                        .object = one->object,
                                        .stack = one->stack,
                                        .has = (enum sync_kind)has->kind,
                                        .took_stack = csan__lock_stack(has)};
    }
    c->next = deadlock.found;
    __atomic_store_n(&deadlock.found, c, __ATOMIC_RELEASE);
    return true;
}

/* A thread of the program's that does not wait for others of it, or not for ever. */
static bool any_may_run(void)
{
    for (const struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync copy;
        if (!__atomic_load_n(&t->tid, __ATOMIC_ACQUIRE) || t->foreign)
            continue;
        if (!csan__sync_snapshot(t, &copy, NULL, 0) || copy.wait.timed)
            return true;
        enum sync_kind kind = copy.wait.kind;
        if (kind != SYNC_MUTEX && kind != SYNC_READ && kind != SYNC_WRITE && kind != SYNC_JOIN &&
            kind != SYNC_COND && kind != SYNC_BARRIER)
            return true;
    }
    return false;
}

static uint64_t apart_ns(const struct search *s, uint32_t from)
{
    bool waits_for_itself = s->length - from == 1 && s->g.sleepers[s->way[from]].kind == SYNC_MUTEX;
    return waits_for_itself && any_may_run() ? FOREIGN_NS : APART_NS;
}

/* True: a cycle that was seen before is still there. */
static bool look(struct search *s, struct arena *scratch, uint64_t sleepers, uint64_t now_ns)
{
    uint32_t from = 0;
    if (begin_search(s, scratch) != 0)
        return false; /* no memory now: again at the next tick */
    if (!find(s, &from)) {
        deadlock.looks = sleepers == deadlock.seen ? deadlock.looks + 1 : 1;
        deadlock.seen = sleepers;
        deadlock.suspect = 0;
        return false;
    }
    shorten(s, &from, scratch);
    uint64_t what = signature(s, from);
    if (what != deadlock.suspect) {
        deadlock.suspect = what;
        deadlock.suspect_ns = now_ns;
        return false;
    }
    if (now_ns - deadlock.suspect_ns < apart_ns(s, from) || !all_asleep(s, from) || !keep(s, from))
        return false;
    deadlock.suspect = 0;
    return true;
}

static bool tick(uint64_t now_ns)
{
    uint64_t sleepers;
    if (!csan__options.deadlock)
        return false;
    if (csan__waits_for_count(&sleepers) == 0 ||
        (sleepers == deadlock.seen && deadlock.looks >= LOOKS))
        return false;
    struct search s;
    struct arena scratch = {0};
    bool found = look(&s, &scratch, sleepers, now_ns);
    csan__arena_scratch_free(&scratch);
    return found;
}

/* ------------------------------------------------------------------ the verdict */

static void put_wanted(struct text *t, const struct cycle *c, uint32_t i)
{
    const struct member *m = &c->members[i];
    if (m->kind == SYNC_JOIN)
        csan__text_format(t, "the end of thread %d", c->members[(i + 1) % c->count].tid);
    else
        csan__lock_name(t, m->kind, m->object);
}

static const char *say(const struct cycle *c, struct arena *scratch)
{
    char room[192];
    struct text t = TEXT(room);
    if (c->count == 1) {
        csan__text_str(&t, "a thread waits for ");
        put_wanted(&t, c, 0);
        csan__text_str(&t, ", which it holds itself");
        return csan__arena_scratch_copy(scratch, room, t.len);
    }
    csan__text_count(&t, c->count, "thread");
    csan__text_str(&t, " wait for each other: ");
    for (uint32_t i = 0; i < c->count && i < SHOWN; i++) {
        csan__text_str(&t, i ? ", " : "");
        put_wanted(&t, c, (c->count - 1 + i) % c->count);
    }
    csan__text_str(&t, c->count > SHOWN ? ", …" : "");
    return csan__arena_scratch_copy(scratch, room, t.len);
}

/* What member i has that the one before waits for. */
static void add_hold(const struct cycle *c, uint32_t i, struct arena *scratch, struct finding *f)
{
    char room[160];
    struct text t = TEXT(room);
    const struct member *m = &c->members[i];
    if (m->has == SYNC_JOIN)
        return; /* it is itself what the other waits for */
    csan__text_format(&t, "thread %d%s ", m->tid, i ? "" : ", here,");
    csan__text_str(&t, m->has == SYNC_NONE ? "is first in the queue for " : "took ");
    put_wanted(&t, c, (i + c->count - 1) % c->count);
    csan__lock_party(scratch, f, room, m->has == SYNC_NONE ? m->stack : m->took_stack);
}

static void add_wait(const struct cycle *c, uint32_t i, struct arena *scratch, struct finding *f)
{
    char room[160];
    struct text t = TEXT(room);
    const struct member *m = &c->members[i];
    csan__text_format(&t, "thread %d waits for ", m->tid);
    put_wanted(&t, c, i);
    csan__lock_party(scratch, f, room, m->stack);
}

static void add_rest(const struct cycle *c, struct arena *scratch, struct finding *f)
{
    char room[64];
    struct text t = TEXT(room);
    csan__text_str(&t, "and ");
    csan__text_count(&t, c->count - 1 - SHOWN, "more thread");
    csan__text_str(&t, " between them");
    csan__lock_party(scratch, f, room, 0);
}

static bool any_waits(const struct cycle *c, enum sync_kind kind)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->members[i].kind == kind)
            return true;
    return false;
}

static bool any_queues(const struct cycle *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->members[i].has == SYNC_NONE)
            return true;
    return false;
}

static bool all_join(const struct cycle *c)
{
    return !any_waits(c, SYNC_MUTEX) && !any_waits(c, SYNC_READ) && !any_waits(c, SYNC_WRITE);
}

/* NULL: one order for all of them, as the kind's advice says. */
static const char *attempt(const struct cycle *c)
{
    if (all_join(c))
        return "let one thread join the others, and none of them join it";
    if (any_waits(c, SYNC_JOIN))
        return "give the lock back before pthread_join(): the thread needs it to come to its end";
    if (any_queues(c))
        return "do not take a read lock again that the thread holds: a writer waits in between";
    if (c->count > 1)
        return NULL;
    return c->members[0].kind == SYNC_MUTEX
               ? "make it a recursive mutex, or split off a function that expects it to be locked"
               : "give the rwlock back before taking it again, or take it to write at first";
}

static int add(struct cycle *c, struct findings *out)
{
    struct finding *f = csan__findings_add(out, FINDING_DEADLOCK);
    if (!f || !(f->what = say(c, out->scratch)))
        return -ENOMEM;
    f->stack = c->members[0].stack;
    f->amount = c->count;
    f->count = c->count;
    f->option = "deadlock";
    f->attempt = attempt(c);
    f->source = c;
    add_hold(c, 0, out->scratch, f);
    bool is_long = c->count - 1 > SHOWN;
    uint32_t shown = is_long ? SHOWN - 1 : c->count - 1;
    for (uint32_t i = 1; i <= shown; i++) {
        add_hold(c, i, out->scratch, f);
        add_wait(c, i, out->scratch, f);
    }
    if (is_long) {
        add_rest(c, out->scratch, f);
        add_wait(c, c->count - 1, out->scratch, f);
    }
    return 0;
}

static int judge(uint32_t since, const struct world *world, struct findings *out)
{
    (void)since; /* a deadlock is now */
    (void)world;
    int failed = 0;
    for (struct cycle *c = __atomic_load_n(&deadlock.found, __ATOMIC_ACQUIRE); c && !failed;
         c = c->next)
        if (!c->is_reported)
            failed = add(c, out);
    return failed;
}

static void reported(const struct findings *f)
{
    for (const struct finding *one = f->first; one; one = one->next)
        if (one->kind == FINDING_DEADLOCK)
            ((struct cycle *)one->source)->is_reported = true;
}

static void forked(void)
{
    memset(&deadlock, 0, sizeof deadlock);
}

const struct detector csan__detector_deadlock = {
    .name = "deadlock",
    .judge = judge,
    .reported = reported,
    .tick = tick,
    .forked = forked,
};
