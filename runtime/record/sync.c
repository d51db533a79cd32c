#include "record/sync.h"
#include "record/volume.h"
#include "base/arena.h"
#include "base/os.h"
#include "record/name.h"
#include "record/stack.h"

#include <pthread.h>
#include <string.h>

#define SNAPSHOT_TRIES 100
/* To free memory with a lock in it asks every thread's record, unless there are more. */
#define ASKED_MAX 64u

uint8_t csan__sync_pages[SYNC_PAGES];

struct sync_quick csan__sync_quick[1u << SYNC_QUICK_BITS];

/* Locks that somebody had to wait for, by a hash of their address (others may share it): how many
 * takings are to be looked at closely from now on. A stack costs what a pair of lock and unlock
 * does three times over: where waits are rare, so are stacks. */
#define FOUGHT_BITS 15
#define FOUGHT_LATELY 16
static uint8_t fought[1u << FOUGHT_BITS];

#define FOREIGN_MAX 512u

static struct {
    uint32_t nlisteners;
    void (*listeners[SYNC_LISTENERS])(const struct sync_event *e);
    bool want_hold;
    bool seen_any; /* lock */
    bool too_many_foreign;
    uint32_t nforeign;              /* slots that have been used */
    uintptr_t foreign[FOREIGN_MAX]; /* mutexes unlocked by who did not hold them; 0: free */
} sync;

/* ---- listeners ---- */

void csan__sync_listen(void (*fn)(const struct sync_event *e))
{
    for (uint32_t i = 0; i < sync.nlisteners; i++)
        if (sync.listeners[i] == fn)
            return;
    CSAN_CHECK(sync.nlisteners < SYNC_LISTENERS);
    sync.listeners[sync.nlisteners++] = fn;
}

void csan__sync_tell(const struct sync_event *e)
{
    for (uint32_t i = 0; i < sync.nlisteners; i++)
        sync.listeners[i](e);
}

void csan__sync_want_hold(bool wanted)
{
    sync.want_hold = wanted;
    memset(csan__sync_quick, 0, sizeof csan__sync_quick);
}

void csan__sync_misused(struct thread *t, struct sync_event *e, const struct regs *at)
{
    e->kind = SYNC_EVENT_MISUSE;
    e->thread = t;
    e->stack = at ? csan__stack_here(at) : 0;
    csan__sync_tell(e);
}

/* ---- one thread's record ---- */

/* What the thread that had this record held when it ended. */
static void tell_left(struct thread *t, const struct sync *s)
{
    for (uint32_t i = 0; i < s->nheld; i++) {
        if (s->held[i].flags & HELD_ROBUST)
            continue;
        struct sync_event e = {.misuse = MISUSE_EXIT_HOLDING,
                               .object = s->held[i].object,
                               .lock_kind = s->held[i].kind,
                               .call = "thread exit",
                               .holder_tid = s->tid < 0 ? -s->tid : s->tid,
                               .other = s->held[i]};
        csan__sync_misused(t, &e, NULL);
    }
}

static void drop_disowned(struct sync *s);

void csan__sync_ends(struct thread *t, uint32_t stack)
{
    struct sync *s = t->sync;
    if (!s || s->tid != t->tid)
        return;
    drop_disowned(s);
    for (uint32_t i = 0; i < s->nheld; i++) {
        if (s->held[i].flags & (HELD_ROBUST | HELD_INHERITED))
            continue;
        struct sync_event e = {.kind = SYNC_EVENT_MISUSE,
                               .misuse = MISUSE_END_HOLDING,
                               .thread = t,
                               .object = s->held[i].object,
                               .lock_kind = s->held[i].kind,
                               .stack = stack,
                               .holder_tid = t->tid,
                               .other = s->held[i]};
        csan__sync_tell(&e);
    }
}

static CSAN_COLD CSAN_NOINLINE struct sync *begin_self(struct thread *t)
{
    struct sync *s = t->sync;
    if (!s) {
        s = csan__arena_alloc(sizeof *s);
        if (!s) {
            t->degraded++;
            return NULL;
        }
        s->held = s->inline_held;
        s->room = SYNC_HELD_INLINE;
        s->tid = t->tid;
        __atomic_store_n(&t->sync, s, __ATOMIC_RELEASE);
        return s;
    }
    drop_disowned(s);
    tell_left(t, s);
    csan__sync_write_begins(s);
    s->nheld = 0;
    s->once = NULL;
    memset(&s->wait, 0, sizeof s->wait);
    s->tid = t->tid;
    s->unsettled = 0;
    csan__sync_write_ends(s);
    return s;
}

static CSAN_ALWAYS_INLINE struct sync *self_of(struct thread *t)
{
    struct sync *s = t->sync;
    return CSAN_LIKELY(s != NULL && s->tid == t->tid) ? s : begin_self(t);
}

struct sync *csan__sync_self(struct thread *t)
{
    return self_of(t);
}

/* ---- read by others ---- */

static bool is_disowned(const struct sync *s, uintptr_t object)
{
    for (uint32_t i = 0; i < SYNC_DISOWNED; i++)
        if (s->disowned[i] == object)
            return true;
    return false;
}

static void leave_out_disowned(struct sync *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->nheld; i++)
        if (!is_disowned(out, out->held[i].object))
            out->held[kept++] = out->held[i];
    out->nheld = kept;
}

bool csan__sync_snapshot(const struct thread *t, struct sync *out, struct held *room, uint32_t max)
{
    const struct sync *s = __atomic_load_n(&t->sync, __ATOMIC_ACQUIRE);
    memset(out, 0, sizeof *out);
    out->held = room;
    if (!s)
        return true;
    for (int i = 0; i < SNAPSHOT_TRIES; i++) {
        uint32_t before = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
        if (before & 1) {
            csan__os_yield();
            continue;
        }
        memcpy(out, s, sizeof *out);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&s->sequence, __ATOMIC_RELAXED) != before)
            continue;
        out->nheld = out->nheld < max ? out->nheld : max;
        memcpy(room, out->held, out->nheld * sizeof *room);
        out->held = room;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&s->sequence, __ATOMIC_RELAXED) != before)
            continue;
        if (out->tid != __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE)) {
            out->nheld = 0; /* a dead thread's, whose record another has now */
            out->wait.kind = SYNC_NONE;
        }
        if (out->ndisowned)
            leave_out_disowned(out);
        return true;
    }
    return false;
}

static bool find_held(const struct thread *t, uintptr_t object, struct held *out)
{
    struct held room[64];
    struct sync copy;
    if (!csan__sync_snapshot(t, &copy, room, CSAN_COUNT(room)))
        return false;
    for (uint32_t i = copy.nheld; i-- > 0;) {
        if (room[i].object == object) {
            *out = room[i];
            return true;
        }
    }
    return false;
}

static bool find_holder(uintptr_t object, int *tid, struct held *out, uint32_t asked)
{
    for (const struct thread *t = csan__thread_first(); t && asked; t = t->next, asked--) {
        int of = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE);
        if (!of || (*tid && of != *tid))
            continue;
        if (find_held(t, object, out)) {
            *tid = of;
            return true;
        }
    }
    return false;
}

bool csan__sync_holder(uintptr_t object, int *tid, struct held *out)
{
    return find_holder(object, tid, out, UINT32_MAX);
}

/* ---- unlocked by another thread than took it ---- */

void csan__sync_disown(int holder_tid, uintptr_t object)
{
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync *s = __atomic_load_n(&t->sync, __ATOMIC_ACQUIRE);
        if (__atomic_load_n(&t->tid, __ATOMIC_ACQUIRE) != holder_tid || !s)
            continue;
        for (uint32_t i = 0; i < SYNC_DISOWNED; i++) {
            uintptr_t none = 0;
            if (__atomic_compare_exchange_n(&s->disowned[i], &none, object, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_RELAXED)) {
                __atomic_add_fetch(&s->ndisowned, 1, __ATOMIC_RELEASE);
                return;
            }
        }
    }
}

bool csan__sync_may_be_foreign(uintptr_t object)
{
    uint32_t n = __atomic_load_n(&sync.nforeign, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < n; i++)
        if (__atomic_load_n(&sync.foreign[i], __ATOMIC_RELAXED) == object)
            return true;
    return __atomic_load_n(&sync.too_many_foreign, __ATOMIC_RELAXED);
}

void csan__sync_note_foreign(uintptr_t object)
{
    if (csan__sync_may_be_foreign(object))
        return;
    for (uint32_t i = 0; i < FOREIGN_MAX; i++) {
        uintptr_t none = 0;
        if (!__atomic_compare_exchange_n(&sync.foreign[i], &none, object, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_RELAXED))
            continue;
        uint32_t n = __atomic_load_n(&sync.nforeign, __ATOMIC_RELAXED);
        while (n <= i && !__atomic_compare_exchange_n(&sync.nforeign, &n, i + 1, false,
                                                      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        return;
    }
    __atomic_store_n(&sync.too_many_foreign, true, __ATOMIC_RELAXED);
}

static void forget_foreign(uintptr_t start, size_t bytes)
{
    uint32_t n = __atomic_load_n(&sync.nforeign, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < n; i++)
        if (sync.foreign[i] - start < (bytes ? bytes : 1))
            __atomic_store_n(&sync.foreign[i], 0, __ATOMIC_RELAXED);
}

static void remove_at(struct sync *s, uint32_t i)
{
    csan__sync_write_begins(s);
    memmove(&s->held[i], &s->held[i + 1], (s->nheld - i - 1) * sizeof *s->held);
    s->nheld--;
    csan__sync_write_ends(s);
}

static CSAN_COLD void drop_disowned(struct sync *s)
{
    for (uint32_t i = 0; i < SYNC_DISOWNED; i++) {
        uintptr_t object = __atomic_load_n(&s->disowned[i], __ATOMIC_ACQUIRE);
        if (!object)
            continue;
        for (uint32_t k = s->nheld; k-- > 0;)
            if (s->held[k].object == object)
                remove_at(s, k);
        __atomic_store_n(&s->disowned[i], 0, __ATOMIC_RELEASE);
        __atomic_sub_fetch(&s->ndisowned, 1, __ATOMIC_RELEASE);
    }
}

static void runs_again(struct sync *s)
{
    csan__sync_write_begins(s);
    s->wait.kind = SYNC_NONE;
    s->unsettled = 0;
    csan__sync_write_ends(s);
}

/* A call that this thread slept in and that was left by siglongjmp: its frame is gone. A handler's
 * frames lie below it, or on another stack. */
static CSAN_COLD void drop_left_wait(struct thread *t, struct sync *s, const struct regs *at)
{
    if (!t->stack_hi)
        csan__thread_learn_stack(t);
    bool here = at->sp >= t->stack_lo && at->sp < t->stack_hi;
    bool there = s->wait.sp >= t->stack_lo && s->wait.sp < t->stack_hi;
    if (!here || !there || at->sp < s->wait.sp)
        return;
    struct sync_event e = {.kind = SYNC_EVENT_WAIT_LEFT,
                           .thread = t,
                           .object = s->wait.object,
                           .lock_kind = s->wait.kind,
                           .call = s->wait.call,
                           .stack = s->wait.stack};
    bool told = s->wait.kind != SYNC_NONE && s->wait.kind <= SYNC_SPIN;
    runs_again(s);
    if (told)
        csan__sync_tell(&e);
}

static CSAN_ALWAYS_INLINE void settle(struct thread *t, struct sync *s, const struct regs *at)
{
    if (CSAN_UNLIKELY(s->unsettled))
        drop_left_wait(t, s, at);
    if (CSAN_UNLIKELY(__atomic_load_n(&s->ndisowned, __ATOMIC_RELAXED)))
        drop_disowned(s);
}

/* ---- taking ---- */

static CSAN_ALWAYS_INLINE uint8_t *fought_at(uintptr_t object)
{
    return &fought[(object * 0x9e3779b97f4a7c15u) >> (64 - FOUGHT_BITS)];
}

static CSAN_ALWAYS_INLINE bool is_fought(uintptr_t object)
{
    return __atomic_load_n(fought_at(object), __ATOMIC_RELAXED) != 0;
}

static void note_fought(uintptr_t object)
{
    struct sync_quick *quick = csan__sync_quick_at(object);
    __atomic_store_n(fought_at(object), FOUGHT_LATELY, __ATOMIC_RELAXED);
    if (__atomic_load_n(&quick->object, __ATOMIC_RELAXED) == object)
        __atomic_store_n(&quick->object, object | SYNC_NOT_QUICK, __ATOMIC_RELAXED);
}

/* One taking less to look at; two threads that count at once count one. */
static void note_peace(uintptr_t object)
{
    uint8_t *left = fought_at(object), n = __atomic_load_n(left, __ATOMIC_RELAXED);
    if (n)
        __atomic_store_n(left, (uint8_t)(n - 1), __ATOMIC_RELAXED);
}

static CSAN_ALWAYS_INLINE bool is_worth_a_stack(const struct sync *s, uintptr_t object)
{
    return s->nheld != 0 || is_fought(object) || sync.want_hold;
}

static CSAN_NOINLINE struct taking look_closer(uintptr_t object, const struct regs *at)
{
    struct taking as = {.stack = csan__stack_here(at)};
    if (sync.want_hold || is_fought(object))
        as.since_ns = csan__os_now_ns();
    return as;
}

struct taking csan__sync_taking(struct thread *t, uintptr_t object, const struct regs *at)
{
    const struct sync *s = t->sync;
    if (!s || !is_worth_a_stack(s, object))
        return (struct taking){0};
    return look_closer(object, at);
}

void csan__sync_watch(uintptr_t object)
{
    uint8_t *page = csan__sync_page(object), bit = (uint8_t)(1u << ((object >> 8) & 7));
    if (!(__atomic_load_n(page, __ATOMIC_RELAXED) & bit)) {
        __atomic_or_fetch(page, bit, __ATOMIC_RELAXED);
        __atomic_store_n(&sync.seen_any, true, __ATOMIC_RELAXED);
    }
}

/* A lock never seen, or pushed out by one that shares its slot, or fought over. */
static void note_seen(uintptr_t object, enum sync_kind kind)
{
    csan__sync_watch(object);
    struct sync_quick *quick = csan__sync_quick_at(object);
    bool slow = is_fought(object) || sync.want_hold;
    uintptr_t is = object | (slow ? SYNC_NOT_QUICK : 0),
              was = __atomic_load_n(&quick->object, __ATOMIC_RELAXED);
    if ((was & ~(uintptr_t)SYNC_NOT_QUICK) != object)
        quick->taken = was ? SYNC_TAKEN_SOME : 0;
    if (was != is)
        __atomic_store_n(&quick->object, is, __ATOMIC_RELAXED);
    if (kind == SYNC_READ)
        __atomic_fetch_add(&quick->taken, 1, __ATOMIC_RELAXED);
    else
        quick->taken++;
}

uint64_t csan__sync_taken(uintptr_t object)
{
    const struct sync_quick *quick = csan__sync_quick_at(object);
    if ((__atomic_load_n(&quick->object, __ATOMIC_RELAXED) & ~(uintptr_t)SYNC_NOT_QUICK) != object)
        return 0;
    return __atomic_load_n(&quick->taken, __ATOMIC_RELAXED);
}

static void forget_taken(struct sync_quick *quick, uintptr_t start, size_t bytes)
{
    if ((quick->object & ~(uintptr_t)SYNC_NOT_QUICK) - start >= bytes)
        return;
    quick->taken = 0;
    __atomic_store_n(&quick->object, 0, __ATOMIC_RELAXED);
}

/* By its slots where that are few, or by all there are. */
static void forget_takings(uintptr_t start, size_t bytes)
{
    bytes = bytes ? bytes : 1;
    bool few = bytes / sizeof(pthread_spinlock_t) < CSAN_COUNT(csan__sync_quick);
    for (size_t at = 0; few && at < bytes; at += sizeof(pthread_spinlock_t))
        forget_taken(csan__sync_quick_at(start + at), start, bytes);
    for (size_t i = 0; !few && i < CSAN_COUNT(csan__sync_quick); i++)
        forget_taken(&csan__sync_quick[i], start, bytes);
}

static CSAN_COLD bool grow(struct thread *t, struct sync *s)
{
    uint32_t room = s->room * 2;
    struct held *held = csan__arena_alloc(room * sizeof *held);
    if (!held) {
        t->degraded++;
        return false;
    }
    memcpy(held, s->held, s->nheld * sizeof *held);
    csan__sync_write_begins(s);
    s->held = held; /* the old one stays: others may be reading it */
    s->room = room;
    csan__sync_write_ends(s);
    return true;
}

static CSAN_ALWAYS_INLINE void push(struct sync *s, const struct held *h)
{
    csan__sync_write_begins(s);
    s->held[s->nheld] = *h;
    s->nheld++;
    csan__sync_write_ends(s);
}

/* Recursive, or one more read lock. */
static bool deepen(struct sync *s, uintptr_t object, enum sync_kind kind)
{
    for (uint32_t i = s->nheld; i-- > 0;) {
        if (s->held[i].object != object || s->held[i].kind != kind)
            continue;
        csan__sync_write_begins(s);
        s->held[i].depth++;
        csan__sync_write_ends(s);
        return true;
    }
    return false;
}

static CSAN_NOINLINE void took_closely(struct thread *t, struct sync *s, struct held *h,
                                       const struct regs *at)
{
    if (s->nheld && deepen(s, h->object, h->kind))
        return;
    if (!h->stack)
        h->stack = csan__stack_here(at);
    if (!h->since_ns && (sync.want_hold || is_fought(h->object)))
        h->since_ns = csan__os_now_ns();
    note_peace(h->object);
    if (s->nheld == s->room && !grow(t, s))
        return;
    push(s, h);
    if (s->nheld < 2 || (h->flags & HELD_TRIED))
        return;
    struct sync_event e = {.kind = SYNC_EVENT_TOOK_INSIDE,
                           .thread = t,
                           .object = h->object,
                           .lock_kind = h->kind,
                           .stack = h->stack,
                           .got_it = true};
    csan__sync_tell(&e);
}

void csan__sync_took_as(struct thread *t, uintptr_t object, enum sync_kind kind,
                        const struct regs *at, const struct taking *as)
{
    struct sync *s = self_of(t);
    if (CSAN_UNLIKELY(!s))
        return;
    settle(t, s, at);
    note_seen(object, kind);
    struct held h = {.object = object,
                     .pc = at->pc,
                     .sp = at->sp,
                     .stack = as->stack,
                     .kind = (uint8_t)kind,
                     .flags = as->flags,
                     .depth = 1,
                     .since_ns = as->since_ns};
    if (CSAN_UNLIKELY(is_worth_a_stack(s, object)))
        took_closely(t, s, &h, at);
    else
        push(s, &h);
}

void csan__sync_took(struct thread *t, uintptr_t object, enum sync_kind kind, const struct regs *at)
{
    struct taking as = {0};
    csan__sync_took_as(t, object, kind, at, &as);
}

void csan__sync_took_back(struct thread *t, const struct held *was)
{
    struct sync *s = self_of(t);
    if (!s || (s->nheld == s->room && !grow(t, s)))
        return;
    struct held h = *was;
    h.since_ns = was->since_ns ? csan__os_now_ns() : 0;
    push(s, &h);
}

/* ---- giving back ---- */

static CSAN_NOINLINE void tell_gave(struct thread *t, const struct held *h)
{
    struct sync_event e = {.kind = SYNC_EVENT_GAVE,
                           .thread = t,
                           .object = h->object,
                           .lock_kind = h->kind,
                           .stack = h->stack,
                           .hold_ns = csan__os_now_ns() - h->since_ns,
                           .other = *h};
    csan__sync_tell(&e);
}

/* One in sixteen, by the clock: what it costs stays out of the way of who waits. */
static bool is_sampled(const struct held *h)
{
    return (h->since_ns >> 4 & 15) == 0;
}

bool csan__sync_gave(struct thread *t, uintptr_t object, struct held *was)
{
    struct sync *s = self_of(t);
    if (CSAN_UNLIKELY(!s))
        return false;
    if (CSAN_UNLIKELY(__atomic_load_n(&s->ndisowned, __ATOMIC_RELAXED)))
        drop_disowned(s);
    for (uint32_t i = s->nheld; i-- > 0;) {
        struct held *h = &s->held[i];
        if (h->object != object)
            continue;
        if (was)
            *was = *h;
        if (CSAN_UNLIKELY(h->depth > 1)) {
            csan__sync_write_begins(s);
            h->depth--;
            csan__sync_write_ends(s);
            return true;
        }
        if (CSAN_UNLIKELY(h->since_ns) && (sync.want_hold || is_sampled(h)))
            tell_gave(t, h);
        if (CSAN_LIKELY(i + 1 == s->nheld)) {
            csan__sync_write_begins(s);
            s->nheld = i;
            csan__sync_write_ends(s);
        } else {
            remove_at(s, i);
        }
        return true;
    }
    return false;
}

/* ---- waiting ---- */

static bool is_told(enum sync_kind kind)
{
    return kind <= SYNC_SPIN || (kind < SYNC_FUTEX && csan__volume_is_wanted);
}

static void tell_wait(struct thread *t, enum sync_event_kind kind, const struct waiting *w,
                      uint64_t now_ns, bool got_it)
{
    struct sync_event e = {.kind = kind,
                           .thread = t,
                           .object = w->object,
                           .lock_kind = w->kind,
                           .call = w->call,
                           .stack = w->stack,
                           .wait_ns = now_ns - w->since_ns,
                           .at_ns = now_ns,
                           .got_it = got_it,
                           .timed = w->timed,
                           .holder_tid = w->holder_tid,
                           .other = w->holder};
    csan__sync_tell(&e);
}

bool csan__sync_wait_for(struct thread *t, const struct waiting *what, const struct regs *at)
{
    struct sync *s = self_of(t);
    if (CSAN_UNLIKELY(!s))
        return false;
    settle(t, s, at);
    if (s->wait.kind != SYNC_NONE)
        return false;
    struct waiting *w = &s->wait;
    uint32_t stack = csan__stack_here(at);
    uint64_t now = csan__os_now_ns();
    csan__sync_write_begins(s);
    w->timed = what->timed;
    w->object = what->object;
    w->call = what->call;
    w->stack = stack;
    w->since_ns = now;
    w->sp = at->sp;
    w->holder_tid = what->holder_tid;
    w->holder.object = 0;
    csan__unwind_here(&w->regs);
    w->kind = what->kind;
    s->unsettled = 1;
    csan__sync_write_ends(s);
    if (!is_told(what->kind))
        return true;
    if (what->kind <= SYNC_SPIN) {
        note_fought(what->object);
        struct held holder;
        int tid = w->holder_tid; /* 0: libc names no holder of spin locks, and no reader */
        bool unnamed = !tid && (what->kind == SYNC_WRITE || what->kind == SYNC_SPIN);
        if ((tid || unnamed) &&
            find_holder(w->object, &tid, &holder, tid ? UINT32_MAX : ASKED_MAX / 4)) {
            csan__sync_write_begins(s);
            w->holder_tid = tid;
            w->holder = holder;
            csan__sync_write_ends(s);
        }
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* of two that close a cycle, one sees the other */
    tell_wait(t, SYNC_EVENT_WAIT_BEGINS, w, now, false);
    return true;
}

bool csan__sync_wait_begin(struct thread *t, enum sync_kind kind, uintptr_t object,
                           const char *call, bool timed, const struct regs *at)
{
    struct waiting what = {.kind = kind, .object = object, .call = call, .timed = timed};
    return csan__sync_wait_for(t, &what, at);
}

void csan__sync_wait_end(struct thread *t, bool got_it)
{
    struct sync *s = self_of(t);
    if (!s || s->wait.kind == SYNC_NONE)
        return;
    bool told = is_told(s->wait.kind);
    if (!told && !s->nheld) {
        runs_again(s);
        return;
    }
    struct waiting was = s->wait;
    uint64_t now = csan__os_now_ns();
    runs_again(s);
    tell_wait(t, told ? SYNC_EVENT_WAIT_ENDED : SYNC_EVENT_NAPPED, &was, now, got_it);
}

/* ---- what is no more ---- */

void csan__sync_gone(struct thread *t, uintptr_t object, size_t bytes, const char *call)
{
    if (call && !__atomic_load_n(&sync.seen_any, __ATOMIC_RELAXED))
        return;
    struct sync_event e = {
        .kind = SYNC_EVENT_GONE, .thread = t, .object = object, .bytes = bytes, .call = call};
    csan__sync_tell(&e);
    forget_foreign(object, bytes);
    forget_takings(object, bytes);
    if (call) /* a lock that is initialised keeps its name */
        csan__name_forget(object, bytes);
}

/* True where every page's bits are maybe; more pages than that are not looked at one by one. */
#define PAGES_LOOKED_AT 256u

static bool may_hold_pages(uintptr_t start, size_t bytes)
{
    if (!__atomic_load_n(&sync.seen_any, __ATOMIC_RELAXED) || bytes == 0)
        return false;
    if (bytes >> 11 > PAGES_LOOKED_AT)
        return true;
    uintptr_t end = start + bytes;
    for (uintptr_t at = start; at < end; at = (at & ~(uintptr_t)2047) + 2048) {
        uintptr_t last = (at | 2047) < end - 1 ? (at | 2047) : end - 1;
        if (csan__sync_may_hold(at, last - at + 1))
            return true;
    }
    return false;
}

static uint32_t find_in(const struct sync *s, uintptr_t start, size_t bytes, uint32_t from)
{
    while (from < s->nheld && s->held[from].object - start >= bytes)
        from++;
    return from;
}

/* All of libc's locks begin with the word that says so; it may have been unlocked by a function
 * that is not watched. */
static bool is_locked(const struct held *h)
{
    uint32_t word = *(const uint32_t *)h->object;
    return h->kind == SYNC_SPIN ? word != 1 : word != 0;
}

static void tell_freed(struct thread *t, int holder_tid, const struct held *h,
                       const struct regs *at)
{
    if (!is_locked(h))
        return;
    struct sync_event e = {.misuse = MISUSE_FREE_HELD,
                           .object = h->object,
                           .lock_kind = h->kind,
                           .call = "free",
                           .holder_tid = holder_tid,
                           .other = *h};
    csan__sync_misused(t, &e, at);
}

static void freed_of_others(struct thread *self, uintptr_t start, size_t bytes,
                            const struct regs *at)
{
    uint32_t asked = 0;
    for (struct thread *t = csan__thread_first(); t && asked < ASKED_MAX; t = t->next, asked++) {
        const struct sync *s = __atomic_load_n(&t->sync, __ATOMIC_ACQUIRE);
        if (t == self || !s || !__atomic_load_n(&s->nheld, __ATOMIC_RELAXED))
            continue;
        struct held room[64];
        struct sync copy;
        if (!csan__sync_snapshot(t, &copy, room, CSAN_COUNT(room)))
            continue;
        for (uint32_t i = 0; (i = find_in(&copy, start, bytes, i)) < copy.nheld; i++)
            tell_freed(self, copy.tid, &room[i], at);
    }
}

void csan__sync_freed(struct thread *t, uintptr_t start, size_t bytes, const struct regs *at)
{
    if (!may_hold_pages(start, bytes))
        return;
    struct sync *s = self_of(t);
    if (s && s->ndisowned)
        drop_disowned(s);
    for (uint32_t i = 0; s && (i = find_in(s, start, bytes, i)) < s->nheld;) {
        tell_freed(t, t->tid, &s->held[i], at);
        remove_at(s, i);
    }
    freed_of_others(t, start, bytes, at);
    csan__sync_gone(t, start, bytes, "free");
}

/* ---- fork ---- */

void csan__sync_forked(void)
{
    struct thread *self = csan__thread_self;
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        struct sync *s = t->sync;
        if (!s)
            continue;
        s->sequence &= ~1u;
        memset(s->disowned, 0, sizeof s->disowned);
        s->ndisowned = 0;
        s->tid = t->tid;
        if (t == self) {
            for (uint32_t i = 0; i < s->nheld; i++)
                s->held[i].flags |= HELD_INHERITED;
            continue;
        }
        s->nheld = 0;
        s->wait.kind = SYNC_NONE;
        s->unsettled = 1;
    }
}
