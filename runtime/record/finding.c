#include "record/finding.h"
#include "base/text.h"

static const char *const kind_names[] = {
    [FINDING_LEAK] = "leak",
    [FINDING_GROWTH] = "growth",
    [FINDING_BAD_FREE] = "bad-free",
    [FINDING_THREAD] = "thread",
    [FINDING_BLOCKED] = "blocked",
    [FINDING_DEADLOCK] = "deadlock",
    [FINDING_LOCK_ORDER] = "lock-order",
    [FINDING_LOCK_MISUSE] = "lock-misuse",
    [FINDING_WAIT] = "wait",
    [FINDING_HOLD] = "hold",
    [FINDING_ESCAPE] = "escape",
    [FINDING_UNRELEASED] = "unreleased",
    [FINDING_MUTATION] = "mutation",
    [FINDING_POOL] = "pool",
};
_Static_assert(CSAN_COUNT(kind_names) == FINDING_KINDS, "every kind has a name");

const char *csan__finding_kind_name(enum finding_kind kind)
{
    CSAN_CHECK((unsigned)kind < FINDING_KINDS);
    return kind_names[kind];
}

void csan__findings_init(struct findings *f, struct arena *scratch)
{
    *f = (struct findings){.first = NULL, .last = &f->first, .count = 0, .scratch = scratch};
}

struct finding *csan__findings_add(struct findings *f, enum finding_kind kind)
{
    struct finding *one = csan__arena_scratch_alloc(f->scratch, sizeof *one);
    if (!one)
        return NULL;
    one->kind = kind;
    *f->last = one;
    f->last = &one->next;
    f->count++;
    return one;
}

void csan__findings_drop(struct findings *f, enum finding_kind kind, const char *option)
{
    struct finding **link = &f->first;
    while (*link) {
        struct finding *one = *link;
        if (one->kind == kind && csan__text_equal(one->option, option)) {
            *link = one->next;
            f->count--;
        } else {
            link = &one->next;
        }
    }
    f->last = link;
}
