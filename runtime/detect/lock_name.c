#include "detect/lock_name.h"
#include "record/name.h"
#include "record/stack.h"

const char *csan__lock_noun(enum sync_kind kind)
{
    if (kind == SYNC_READ || kind == SYNC_WRITE)
        return "rwlock";
    if (kind == SYNC_SPIN)
        return "spinlock";
    return "mutex";
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

void csan__lock_party(struct arena *scratch, struct finding *f, const char *label, uint32_t stack)
{
    const char *copy = csan__arena_scratch_copy(scratch, label, csan__text_length(label));
    if (!copy || f->nparties == FINDING_PARTIES)
        return;
    f->parties[f->nparties++] = (struct finding_party){.label = copy, .stack = stack};
}
