/* What is known of a lock by its address, whoever holds it: whether there is one, how often it was
 * taken, whether it was fought over of late, and whether others than its holder unlock it. */
#include "base/os.h"
#include "record/name.h"
#include "record/sync_private.h"

#include <pthread.h>

#define FOUGHT_LATELY 16
#define FOREIGN_MAX 512u

uint8_t csan__sync_pages[SYNC_PAGES];
struct sync_quick csan__sync_quick[1u << SYNC_QUICK_BITS];
uint8_t csan__sync_fought[1u << FOUGHT_BITS];

static struct {
    bool seen_any; /* lock */
    bool too_many_foreign;
    uint32_t nforeign;              /* slots that have been used */
    uintptr_t foreign[FOREIGN_MAX]; /* mutexes unlocked by who did not hold them; 0: free */
} known;

/* ---- fought over ---- */

void csan__sync_note_fought(uintptr_t object)
{
    struct sync_quick *quick = csan__sync_quick_at(object);
    __atomic_store_n(csan__sync_fought_at(object), FOUGHT_LATELY, __ATOMIC_RELAXED);
    if (__atomic_load_n(&quick->object, __ATOMIC_RELAXED) == object)
        __atomic_store_n(&quick->object, object | SYNC_NOT_QUICK, __ATOMIC_RELAXED);
}

void csan__sync_note_peace(uintptr_t object)
{
    uint8_t *left = csan__sync_fought_at(object), n = __atomic_load_n(left, __ATOMIC_RELAXED);
    if (n)
        __atomic_store_n(left, (uint8_t)(n - 1), __ATOMIC_RELAXED);
}

/* ---- seen, and how often taken ---- */

void csan__sync_watch(uintptr_t object)
{
    uint8_t *page = csan__sync_page(object), bit = (uint8_t)(1u << ((object >> 8) & 7));
    if (!(__atomic_load_n(page, __ATOMIC_RELAXED) & bit)) {
        __atomic_or_fetch(page, bit, __ATOMIC_RELAXED);
        __atomic_store_n(&known.seen_any, true, __ATOMIC_RELAXED);
    }
}

void csan__sync_note_seen(uintptr_t object, enum sync_kind kind)
{
    csan__sync_watch(object);
    struct sync_quick *quick = csan__sync_quick_at(object);
    uintptr_t was = __atomic_load_n(&quick->object, __ATOMIC_RELAXED);
    if ((was & ~(uintptr_t)SYNC_NOT_QUICK) != object)
        quick->taken = was ? SYNC_TAKEN_SOME : 0;
    bool slow =
        csan__sync_is_fought(object) || csan__sync_hold_is_wanted || quick->taken + 1 < YOUNG;
    uintptr_t is = object | (slow ? SYNC_NOT_QUICK : 0);
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

/* ---- unlocked by another than its holder ---- */

bool csan__sync_may_be_foreign(uintptr_t object)
{
    uint32_t n = __atomic_load_n(&known.nforeign, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < n; i++)
        if (__atomic_load_n(&known.foreign[i], __ATOMIC_RELAXED) == object)
            return true;
    return __atomic_load_n(&known.too_many_foreign, __ATOMIC_RELAXED);
}

void csan__sync_note_foreign(uintptr_t object)
{
    if (csan__sync_may_be_foreign(object))
        return;
    for (uint32_t i = 0; i < FOREIGN_MAX; i++) {
        uintptr_t none = 0;
        if (!__atomic_compare_exchange_n(&known.foreign[i], &none, object, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_RELAXED))
            continue;
        uint32_t n = __atomic_load_n(&known.nforeign, __ATOMIC_RELAXED);
        while (n <= i && !__atomic_compare_exchange_n(&known.nforeign, &n, i + 1, false,
                                                      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        return;
    }
    __atomic_store_n(&known.too_many_foreign, true, __ATOMIC_RELAXED);
}

static void forget_foreign(uintptr_t start, size_t bytes)
{
    uint32_t n = __atomic_load_n(&known.nforeign, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < n; i++)
        if (known.foreign[i] - start < (bytes ? bytes : 1))
            __atomic_store_n(&known.foreign[i], 0, __ATOMIC_RELAXED);
}

/* ---- what is no more ---- */

void csan__sync_gone(struct thread *t, uintptr_t object, size_t bytes, const char *call)
{
    if (call && !__atomic_load_n(&known.seen_any, __ATOMIC_RELAXED))
        return;
    struct sync_event e = {
        .kind = SYNC_EVENT_GONE, .thread = t, .object = object, .bytes = bytes, .call = call};
    csan__sync_tell(&e);
    forget_foreign(object, bytes);
    forget_takings(object, bytes);
    if (call) /* a lock that is initialised keeps its name */
        csan__name_forget(object, bytes);
}

void csan__sync_unmapped(struct thread *t, uintptr_t start, size_t bytes, const char *call)
{
    bytes = (bytes + CSAN_PAGE - 1) & ~(CSAN_PAGE - 1);
    if (csan__sync_may_hold_pages(start, bytes))
        csan__sync_gone(t, start, bytes, call);
}

/* True where every page's bits are maybe; more pages than that are not looked at one by one. */
#define PAGES_LOOKED_AT 256u

bool csan__sync_may_hold_pages(uintptr_t start, size_t bytes)
{
    if (!__atomic_load_n(&known.seen_any, __ATOMIC_RELAXED) || bytes == 0)
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
