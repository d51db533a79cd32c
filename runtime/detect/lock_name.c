#include "detect/lock_name.h"
#include "record/name.h"
#include "record/stack.h"

const char *csan__lock_noun(enum sync_kind kind)
{
    static const char *const nouns[SYNC_KINDS] = {
        [SYNC_MUTEX] = "mutex",       [SYNC_READ] = "rwlock",         [SYNC_WRITE] = "rwlock",
        [SYNC_SPIN] = "spin lock",    [SYNC_COND] = "condition",      [SYNC_BARRIER] = "barrier",
        [SYNC_ONCE] = "pthread_once", [SYNC_SEMAPHORE] = "semaphore", [SYNC_JOIN] = "thread's end",
        [SYNC_FUTEX] = "futex word",  [SYNC_IO] = "descriptor",
    };
    return (size_t)kind < SYNC_KINDS && nouns[kind] ? nouns[kind] : "object";
}

void csan__lock_put(struct text *out, uintptr_t object, const char *name)
{
    if (name) {
        csan__text_format(out, "`%s`", name);
        return;
    }
    csan__text_str(out, "0x");
    csan__text_hex(out, object);
}

void csan__lock_name_as(struct text *out, enum sync_kind kind, uintptr_t object, const char *name)
{
    csan__text_format(out, "%s ", csan__lock_noun(kind));
    csan__lock_put(out, object, name);
}

void csan__lock_name(struct text *out, enum sync_kind kind, uintptr_t object)
{
    csan__lock_name_as(out, kind, object, csan__name_of(object));
}

uint32_t csan__lock_stack(const struct held *h)
{
    if (h->object == 0)
        return 0; /* nobody is known to hold it: the rest is of an earlier wait */
    if (h->stack || !h->pc)
        return h->stack;
    return csan__stack_keep(&h->pc, 1, true);
}

struct finding_party *csan__lock_party(struct arena *scratch, struct finding *f, const char *label,
                                       uint32_t stack)
{
    const char *copy = csan__arena_scratch_copy(scratch, label, csan__text_length(label));
    if (!copy || f->nparties == FINDING_PARTIES)
        return NULL;
    struct finding_party *p = &f->parties[f->nparties++];
    *p = (struct finding_party){.label = copy, .stack = stack};
    return p;
}
