#include "detect/waits_for.h"
#include "base/os.h"
#include "record/task.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>

#define HELD_MAX 4096u /* of one thread */

static bool is_endless(const struct waiting *w)
{
    if (w->timed)
        return false;
    return w->kind == SYNC_MUTEX || w->kind == SYNC_READ || w->kind == SYNC_WRITE ||
           w->kind == SYNC_JOIN;
}

/* A thread that was cancelled in its sleep leaves its record behind. */
static bool is_alive(int tid)
{
    return csan__os_tgkill(csan__os_pid(), tid, 0) != -ESRCH;
}

uint32_t csan__waits_for_count(uint64_t *signature)
{
    uint32_t n = 0;
    struct sync s;
    *signature = 0;
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        int tid = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE);
        if (!tid || !csan__sync_snapshot(t, &s, NULL, 0) || !is_endless(&s.wait))
            continue;
        n++;
        *signature += ((uint64_t)tid << 32 | s.sequence) * 0x9e3779b97f4a7c15u;
    }
    return n;
}

/* ------------------------------------------------------------------ gathering */

/* Doubles an array in the scratch arena when it is full. */
static void *make_room(struct arena *scratch, void *old, uint32_t count, uint32_t *room,
                       size_t size)
{
    if (count < *room)
        return old;
    uint32_t more = *room ? *room * 2 : 64;
    void *bigger = csan__arena_scratch_alloc(scratch, more * size);
    if (!bigger)
        return NULL;
    if (count)
        memcpy(bigger, old, count * size);
    *room = more;
    return bigger;
}

static int add_item(struct waits_for *g, uint32_t sleeper, const struct held *h)
{
    struct waits_for_item *items =
        make_room(g->scratch, g->items, g->nitems, &g->items_room, sizeof *items);
    if (!items)
        return -ENOMEM;
    g->items = items;
    items[g->nitems++] =
        (struct waits_for_item){.object = h->object, .sleeper = sleeper, .held = *h};
    return 0;
}

static int add_sleeper(struct waits_for *g, struct thread *t, int tid, const struct sync *s)
{
    struct sleeper *sleepers =
        make_room(g->scratch, g->sleepers, g->count, &g->room, sizeof *sleepers);
    if (!sleepers)
        return -ENOMEM;
    g->sleepers = sleepers;
    uint32_t me = g->count++;
    sleepers[me] = (struct sleeper){.thread = t,
                                    .tid = tid,
                                    .sequence = s->sequence,
                                    .kind = (enum sync_kind)s->wait.kind,
                                    .object = s->wait.object,
                                    .call = s->wait.call,
                                    .stack = s->wait.stack,
                                    .since_ns = s->wait.since_ns};
    int failed = add_item(g, me, &(struct held){.object = t->thread_pointer, .kind = SYNC_JOIN});
    if (!failed && s->wait.kind == SYNC_WRITE)
        failed = add_item(g, me, &(struct held){.object = s->wait.object, .kind = SYNC_NONE});
    for (uint32_t i = 0; i < s->nheld && !failed; i++)
        failed = add_item(g, me, &s->held[i]);
    return failed;
}

static uint32_t bucket_of(const struct waits_for *g, uintptr_t object)
{
    return (uint32_t)((object * 0x9e3779b97f4a7c15u) >> 32) & (g->nbuckets - 1);
}

static int hash(struct waits_for *g)
{
    for (g->nbuckets = 64; g->nbuckets < g->nitems;)
        g->nbuckets *= 2;
    g->buckets = csan__arena_scratch_alloc(g->scratch, g->nbuckets * sizeof *g->buckets);
    if (!g->buckets)
        return -ENOMEM;
    memset(g->buckets, 0xff, g->nbuckets * sizeof *g->buckets);
    for (uint32_t i = 0; i < g->nitems; i++) {
        uint32_t *bucket = &g->buckets[bucket_of(g, g->items[i].object)];
        g->items[i].next = *bucket;
        *bucket = i;
    }
    return 0;
}

int csan__waits_for_gather(struct waits_for *g, struct arena *scratch)
{
    memset(g, 0, sizeof *g);
    g->scratch = scratch;
    g->held = csan__arena_scratch_alloc(scratch, HELD_MAX * sizeof *g->held);
    if (!g->held)
        return -ENOMEM;
    int failed = 0;
    for (struct thread *t = csan__thread_first(); t && !failed; t = t->next) {
        struct sync s;
        int tid = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE);
        if (tid && csan__sync_snapshot(t, &s, g->held, HELD_MAX) && is_endless(&s.wait) &&
            is_alive(tid))
            failed = add_sleeper(g, t, tid, &s);
    }
    return failed ? failed : hash(g);
}

/* ------------------------------------------------------------------ what the locks say themselves
 */

static bool read_lock(void *to, uintptr_t object, size_t bytes)
{
    return csan__os_read_memory(to, (const void *)object, bytes) == bytes;
}

static bool owns_mutex(uintptr_t object, int tid)
{
    pthread_mutex_t m;
    return read_lock(&m, object, sizeof m) && m.__data.__owner == tid;
}

static bool writes(uintptr_t object, int tid)
{
    pthread_rwlock_t l;
    return read_lock(&l, object, sizeof l) && l.__data.__cur_writer == tid;
}

/* glibc's rwlock: bit 0 of __readers is set while the lock is a writer's; readers count from bit 3
 * on, and when bit 0 is not set all that are counted hold it. */
#define RWLOCK_WRITE_PHASE 1u
#define RWLOCK_READER_SHIFT 3

static bool is_read(uintptr_t object, uint32_t *readers)
{
    pthread_rwlock_t l;
    if (!read_lock(&l, object, sizeof l) || (l.__data.__readers & RWLOCK_WRITE_PHASE) != 0)
        return false;
    *readers = l.__data.__readers >> RWLOCK_READER_SHIFT;
    return *readers > 0;
}

static uint32_t known_reads(const struct thread *t, uintptr_t object, struct held *room)
{
    struct sync s;
    uint32_t n = 0;
    if (!csan__sync_snapshot(t, &s, room, HELD_MAX))
        return 0;
    for (uint32_t i = 0; i < s.nheld; i++)
        if (s.held[i].object == object && s.held[i].kind == SYNC_READ)
            n += s.held[i].depth ? s.held[i].depth : 1;
    return n;
}

/* Every reader that libc counts is one that csan knows: no record is behind. */
static bool knows_readers(struct waits_for *g, uintptr_t object)
{
    uint32_t readers, known = 0;
    if (g->reads_of == object)
        return g->reads_are_known;
    g->reads_of = object;
    g->reads_are_known = false;
    if (!is_read(object, &readers))
        return false;
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        if (__atomic_load_n(&t->tid, __ATOMIC_ACQUIRE))
            known += known_reads(t, object, g->held);
    g->reads_are_known = known == readers;
    return g->reads_are_known;
}

static bool blocks(struct waits_for *g, const struct sleeper *s, const struct waits_for_item *it)
{
    uint32_t readers;
    int holder = g->sleepers[it->sleeper].tid;
    switch (it->held.kind) {
    case SYNC_JOIN:
        return s->kind == SYNC_JOIN;
    case SYNC_MUTEX:
        return s->kind == SYNC_MUTEX && owns_mutex(s->object, holder) &&
               !csan__sync_may_be_foreign(s->object);
    case SYNC_WRITE:
        return (s->kind == SYNC_READ || s->kind == SYNC_WRITE) && writes(s->object, holder);
    case SYNC_READ:
        return s->kind == SYNC_WRITE && knows_readers(g, s->object);
    case SYNC_NONE:
        return s->kind == SYNC_READ && is_read(s->object, &readers);
    default:
        return false;
    }
}

const struct waits_for_item *csan__waits_for_next(struct waits_for *g, uint32_t sleeper,
                                                  uint32_t *at)
{
    const struct sleeper *s = &g->sleepers[sleeper];
    uint32_t i =
        *at == WAITS_FOR_NOTHING ? g->buckets[bucket_of(g, s->object)] : g->items[*at].next;
    for (; i != WAITS_FOR_NOTHING; i = g->items[i].next) {
        if (g->items[i].object != s->object || !blocks(g, s, &g->items[i]))
            continue;
        *at = i;
        return &g->items[i];
    }
    return NULL;
}

bool csan__waits_for_is_asleep(const struct sleeper *s)
{
    struct full_regs at;
    long call = csan__task_call(s->tid, &at);
    return call == SYS_futex || call == TASK_UNKNOWN;
}
