#include "record/tally.h"
#include "base/os.h"
#include "record/block.h"

#define EPOCHS ((size_t)BLOCK_EPOCH_MAX + 1)

struct moment {
    struct tally sums;
    int64_t live; /* may be below 0: what is older than the first mark is freed as well */
    int64_t peak; /* until the next mark */
};

bool csan__tally_on;

static struct {
    struct moment *marks; /* by epoch; set once */
    int64_t live;
    uint64_t lock_waits, lock_wait_ns;
} tally;

static uint64_t seen(const uint64_t *count)
{
    return __atomic_load_n(count, __ATOMIC_RELAXED);
}

static void bump(uint64_t *count, uint64_t by)
{
    __atomic_store_n(count, *count + by, __ATOMIC_RELAXED);
}

static void raise_peak(uint32_t epoch, int64_t live)
{
    int64_t *peak = &tally.marks[epoch].peak, old = __atomic_load_n(peak, __ATOMIC_RELAXED);
    while (live > old && !__atomic_compare_exchange_n(peak, &old, live, false, __ATOMIC_RELAXED,
                                                      __ATOMIC_RELAXED))
        ;
}

void csan__tally_born(struct thread *t, uintptr_t p, size_t asked)
{
    bump(&t->tally.allocations, 1);
    bump(&t->tally.bytes, asked);
    t->tally.last = p;
    int64_t live = __atomic_add_fetch(&tally.live, (int64_t)asked, __ATOMIC_RELAXED);
    raise_peak(csan__block_epoch(), live);
}

void csan__tally_died(struct thread *t, uintptr_t p, size_t asked, bool by_realloc)
{
    bump(&t->tally.frees, 1);
    if (p == t->tally.last && !by_realloc)
        bump(&t->tally.temporary, 1);
    t->tally.last = 0;
    __atomic_sub_fetch(&tally.live, (int64_t)asked, __ATOMIC_RELAXED);
}

void csan__tally_sync(const struct sync_event *e)
{
    if (!csan__tally_on || e->lock_kind > SYNC_SPIN)
        return;
    __atomic_add_fetch(&tally.lock_waits, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&tally.lock_wait_ns, e->wait_ns, __ATOMIC_RELAXED);
}

/* Records of ended threads keep their counts, and are never unlinked. */
static struct tally sums(void)
{
    struct tally s = {.lock_waits = seen(&tally.lock_waits),
                      .lock_wait_ns = seen(&tally.lock_wait_ns)};
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        s.allocations += seen(&t->tally.allocations);
        s.frees += seen(&t->tally.frees);
        s.bytes += seen(&t->tally.bytes);
        s.temporary += seen(&t->tally.temporary);
    }
    return s;
}

static bool begin(void)
{
    size_t bytes = csan__base_round_up(EPOCHS * sizeof(struct moment), CSAN_PAGE);
    struct moment *marks = csan__os_map(bytes), *none = NULL;
    if (!marks)
        return false;
    if (__atomic_compare_exchange_n(&tally.marks, &none, marks, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        __atomic_store_n(&csan__tally_on, true, __ATOMIC_RELEASE);
    else
        csan__os_unmap(marks, bytes);
    return true;
}

void csan__tally_mark(uint32_t epoch)
{
    if (!__atomic_load_n(&tally.marks, __ATOMIC_ACQUIRE) && !begin())
        return;
    struct moment *m = &tally.marks[epoch];
    if (csan__thread_self)
        csan__thread_self->tally.last = 0; /* older than the mark */
    m->sums = sums();
    m->live = __atomic_load_n(&tally.live, __ATOMIC_RELAXED);
    raise_peak(epoch, m->live);
}

struct tally csan__tally_since(uint32_t epoch)
{
    struct tally now = {0};
    if (!__atomic_load_n(&tally.marks, __ATOMIC_ACQUIRE))
        return now;
    const struct moment *then = &tally.marks[epoch];
    now = sums();
    now.allocations -= then->sums.allocations;
    now.frees -= then->sums.frees;
    now.bytes -= then->sums.bytes;
    now.temporary -= then->sums.temporary;
    now.lock_waits -= then->sums.lock_waits;
    now.lock_wait_ns -= then->sums.lock_wait_ns;
    int64_t peak = then->live;
    for (uint32_t e = epoch, last = csan__block_epoch(); e <= last; e++) {
        int64_t one = __atomic_load_n(&tally.marks[e].peak, __ATOMIC_RELAXED);
        peak = one > peak ? one : peak;
    }
    now.peak_bytes = (uint64_t)(peak - then->live);
    return now;
}

/* Sums never fall; no peak is below what lived when it began. */
bool csan__tally_is_valid(void)
{
    const struct moment *marks = __atomic_load_n(&tally.marks, __ATOMIC_ACQUIRE);
    struct tally now = sums();
    if (!marks)
        return !csan__tally_on && !now.allocations && !now.frees;
    for (uint32_t e = 0; e <= csan__block_epoch(); e++) {
        const struct tally *then = &marks[e].sums;
        if (then->allocations > now.allocations || then->frees > now.frees ||
            then->bytes > now.bytes || then->temporary > now.temporary ||
            marks[e].peak < marks[e].live)
            return false;
    }
    return csan__tally_on && now.temporary <= now.frees;
}
