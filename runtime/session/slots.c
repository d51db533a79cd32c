#include "session/slots.h"
#include "base/os.h"

#include <errno.h>

struct slot_table {
    uint32_t mask; /* slots - 1 */
    struct slot slots[];
};

/* The judge's, under stop.c's lock; the pointer is read by signal handlers. */
static struct {
    struct slot_table *table;
    uint32_t used;
} slots;

struct slot *csan__slots_find(int tid)
{
    struct slot_table *table = __atomic_load_n(&slots.table, __ATOMIC_ACQUIRE);
    if (!table)
        return NULL;
    for (uint32_t i = (uint32_t)tid * 2654435761u;; i++) {
        struct slot *s = &table->slots[i & table->mask];
        int of = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE);
        if (of == tid)
            return s;
        if (!of)
            return NULL;
    }
}

static struct slot *add(struct slot_table *table, int tid, uint32_t owed)
{
    for (uint32_t i = (uint32_t)tid * 2654435761u;; i++) {
        struct slot *s = &table->slots[i & table->mask];
        if (s->tid)
            continue;
        s->owed = owed;
        __atomic_store_n(&s->tid, tid, __ATOMIC_RELEASE);
        return s;
    }
}

struct slot *csan__slots_add(int tid)
{
    if (slots.used >= (slots.table->mask + 1) / 2)
        return NULL;
    slots.used++;
    return add(slots.table, tid, 0);
}

struct slot *csan__slots_next(struct slot *s)
{
    struct slot_table *table = slots.table;
    if (!table)
        return NULL;
    for (s = s ? s + 1 : table->slots; s <= &table->slots[table->mask]; s++)
        if (s->tid)
            return s;
    return NULL;
}

static bool is_done_with(const struct slot *s)
{
    return !s->owed || csan__os_tgkill(csan__os_pid(), s->tid, 0) == -ESRCH;
}

int csan__slots_make(uint32_t threads)
{
    struct slot_table *old = slots.table;
    if (old && (old->mask + 1) / 2 >= slots.used + threads)
        return 0;
    uint32_t n = 64;
    while (n < threads * 8)
        n *= 2;
    struct slot_table *table = csan__os_map(sizeof *table + n * sizeof(struct slot));
    if (!table)
        return -ENOMEM;
    table->mask = n - 1;
    uint32_t used = 0;
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;)
        if (!is_done_with(s) && ++used)
            add(table, s->tid, s->owed);
    slots.used = used;
    __atomic_store_n(&slots.table, table, __ATOMIC_RELEASE);
    return 0;
}

uint32_t csan__slots_max(void)
{
    return slots.table ? slots.table->mask + 1 : 0;
}

void csan__slots_find_records(void)
{
    for (struct slot *s = NULL; (s = csan__slots_next(s)) != NULL;)
        s->record = NULL;
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        struct slot *s = t->tid ? csan__slots_find(t->tid) : NULL;
        if (s)
            s->record = t;
    }
}

/* No signal is owed to the one thread there is. */
void csan__slots_forked(void)
{
    slots.table = NULL;
    slots.used = 0;
}

bool csan__slot_is(const struct slot *s, enum slot_state state)
{
    return __atomic_load_n(&s->state, __ATOMIC_ACQUIRE) == state;
}

bool csan__slot_change(struct slot *s, enum slot_state from, enum slot_state to)
{
    uint32_t expected = from;
    return __atomic_compare_exchange_n(&s->state, &expected, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}
