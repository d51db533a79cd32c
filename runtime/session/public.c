/* The functions of csan.h, and what test frameworks' glue calls. */
#include "base/arena.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/trend.h"
#include "record/block.h"
#include "record/colour.h"
#include "record/label.h"
#include "record/name.h"
#include "record/round.h"
#include "record/sync.h"
#include "record/tally.h"
#include "record/world.h"
#include "session/framework.h"
#include "session/private.h"

#include <errno.h>
#include <string.h>

/* csan.h's struct csan_stats: so many figures, in this order. */
struct stats {
    uint64_t allocations, frees, bytes, live_blocks, live_bytes, peak_bytes, temporary, slack_bytes,
        lock_waits, lock_wait_ns;
};

/* A mark is an epoch of this process: csan.h's csan_mark_t. The header's inline functions have the
 * same names, and call these by their second ones. */
#define PUBLIC(type, name, params)                                                                 \
    CSAN_API type csan_##name params;                                                              \
    CSAN_API extern __typeof(csan_##name) csan_api_##name __attribute__((alias("csan_" #name)));

PUBLIC(uint64_t, mark, (void))
PUBLIC(int, check, (uint64_t since))
PUBLIC(void, ignore, (const void *p))
PUBLIC(void, disable, (void))
PUBLIC(void, enable, (void))
PUBLIC(void, name, (const void *object, const char *name))
PUBLIC(void, add_root, (const void *p, size_t n))
PUBLIC(void, remove_root, (const void *p, size_t n))
PUBLIC(int, who_points_at, (const void *p, size_t n, int fd))
PUBLIC(void, round, (const char *name))
PUBLIC(struct stats, stats, (uint64_t since))
PUBLIC(uint64_t, repeat_begin, (long long n, const char *where))
PUBLIC(void, repeat_end, (uint64_t since))
PUBLIC(void, label, (const char *key, const char *value))
PUBLIC(int, dump, (const char *kind, const char *path))

#define ROOTS_MAX 1024u

static struct {
    struct lock lock;
    struct range roots[ROOTS_MAX];
    uint32_t count;
} added = {.lock = LOCK_INIT(LOCK_ROOTS)};

uint64_t csan_mark(void)
{
    if (!csan__session_is_armed())
        return 0;
    uint32_t epoch = csan__block_new_epoch();
    csan__tally_mark(epoch);
    return epoch;
}

static void say_unknown(uint64_t mark, const char *asker)
{
    char buf[128];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: %s(%lu): no such mark was given; all since the start counts\n",
                      asker, mark);
    csan__log_line(buf, t.len);
}

/* A mark from before a fork means the fork: what the parent held is not this process's. */
static uint32_t epoch_of(uint64_t mark, const char *asker)
{
    uint32_t first = csan__session_first_epoch();
    if (mark > csan__block_epoch()) {
        say_unknown(mark, asker);
        return first;
    }
    return mark < first ? first : (uint32_t)mark;
}

/* NULL: csan cannot, from here: it was not started, or called it itself (a signal handler that
 * interrupted it). */
static struct thread *enter(void)
{
    struct thread *self = csan__session_is_armed() ? csan__thread_get() : NULL;
    return self && csan__session_enter(self) ? self : NULL;
}

static int judge_since(uint64_t since, const struct full_regs *at, struct outcome *out)
{
    struct thread *self = enter();
    if (!self)
        return 0;
    csan__session_judge(epoch_of(since, "csan_check"), at, out);
    csan__session_leave(self);
    return (int)out->findings;
}

int csan_check(uint64_t since)
{
    struct full_regs at;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    struct outcome out = {.findings = 0};
    return judge_since(since, &at, &out);
}

static void end_round(const char *name, uint32_t test_since, const struct full_regs *at)
{
    struct thread *self = csan__options.max_growth == OPTION_OFF ? NULL : enter();
    if (!self)
        return;
    csan__census_round(name, test_since, at);
    csan__session_leave(self);
}

void csan_round(const char *name)
{
    struct full_regs at;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    end_round(name, 0, &at);
}

struct stats csan_stats(uint64_t since)
{
    struct full_regs at;
    struct thread *self = enter();
    if (!self)
        return (struct stats){.allocations = 0};
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    if (!csan__tally_on)
        csan__tally_mark(csan__block_epoch());
    struct living l = {.since = epoch_of(since, "csan_stats")};
    struct tally t = csan__tally_since(l.since);
    csan__census_living(&l, &at);
    csan__session_leave(self);
    return (struct stats){t.allocations, t.frees,     t.bytes,       l.blocks,     l.bytes,
                          t.peak_bytes,  t.temporary, l.slack_bytes, t.lock_waits, t.lock_wait_ns};
}

/* Behind CSAN_REPEAT(n), which is at `where`. */
uint64_t csan_repeat_begin(long long n, const char *where)
{
    if (n < 0 && csan__session_is_armed()) {
        char buf[256];
        struct text t = TEXT(buf);
        csan__text_format(&t, "%s: CSAN_REPEAT(%ld) asks for fewer rounds than 0", where, (long)n);
        csan__session_give_up(buf);
    }
    return csan_mark();
}

/* Growth alone: what else there is may still be given back. */
void csan_repeat_end(uint64_t since)
{
    struct full_regs at;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    struct outcome out = {.only = 1u << DETECTOR_growth};
    judge_since(since, &at, &out);
}

/* The rounds of the test that has ended, when it will not run again: they are judged with it. */
static struct rounds *rounds_that_are_over(const char *test)
{
    struct rounds *r = test ? csan__round_of_test(test) : NULL;
    bool is_over = r && r->ncolumns >= TREND_LONG && csan__framework_is_over(r->count + 1);
    return is_over ? r : NULL;
}

CSAN_API int csan_framework_judge(unsigned long long since, struct csan_framework_verdict *v)
{
    struct full_regs at;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    if (v->test)
        end_round(v->test, epoch_of(since, "csan_check"), &at);
    struct rounds *over = rounds_that_are_over(v->test);
    if (over)
        over->is_over = true;
    struct outcome out = {.brief = v->text, .brief_cap = sizeof v->text, .test = v->test};
    int findings = judge_since(since, &at, &out);
    if (over)
        over->is_over = false;
    if (findings) {
        struct text file = TEXT(v->file);
        csan__text_str(&file, out.file ? out.file : "");
        v->line = out.line;
    }
    return findings;
}

void csan_ignore(const void *p)
{
    csan__block_ignore((uintptr_t)p);
}

void csan_disable(void)
{
    struct thread *self = csan__thread_get();
    if (self)
        self->disabled++;
}

void csan_enable(void)
{
    struct thread *self = csan__thread_get();
    if (self && self->disabled)
        self->disabled--;
}

/* From a signal handler that interrupted csan itself: the name is lost. */
void csan_name(const void *object, const char *name)
{
    struct thread *self = enter();
    if (!self)
        return;
    if (csan__name_set((uintptr_t)object, name))
        csan__sync_watch((uintptr_t)object);
    else
        self->degraded++;
    csan__session_leave(self);
}

void csan_add_root(const void *p, size_t n)
{
    csan__lock_take(&added.lock);
    bool fits = added.count < ROOTS_MAX;
    if (fits)
        added.roots[added.count++] = (struct range){(uintptr_t)p, (uintptr_t)p + n};
    csan__lock_give(&added.lock);
    if (!fits)
        csan__session_give_up("more than 1,024 roots were added with csan_add_root");
}

void csan_remove_root(const void *p, size_t n)
{
    bool found = false;
    csan__lock_take(&added.lock);
    for (uint32_t i = added.count; i-- > 0 && !found;) {
        if (added.roots[i].lo != (uintptr_t)p || added.roots[i].hi != (uintptr_t)p + n)
            continue;
        added.roots[i] = added.roots[--added.count];
        found = true;
    }
    csan__lock_give(&added.lock);
    if (found)
        return;
    char buf[160];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: csan_remove_root(0x%lx, %zu): no such root was added\n",
                      (unsigned long)(uintptr_t)p, n);
    csan__log_line(buf, t.len);
}

int csan_who_points_at(const void *p, size_t n, int fd)
{
    struct full_regs at;
    struct thread *self = enter();
    if (!self)
        return 0;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    uintptr_t lo = csan__colour_home((uintptr_t)p);
    struct range range = {lo, lo + n};
    int places = csan__who_points_at(range, &at, fd);
    csan__session_leave(self);
    return places;
}

uint32_t csan__public_roots(struct range *out, uint32_t max)
{
    uint32_t n = added.count < max ? added.count : max;
    memcpy(out, added.roots, n * sizeof *out);
    return n;
}

void csan_label(const char *key, const char *value)
{
    struct thread *self = csan__thread_get();
    if (!self || !csan__session_enter(self))
        return; /* before csan's start it counts as well */
    csan__label_set(self, key, value);
    csan__session_leave(self);
}

int csan_dump(const char *kind, const char *path)
{
    struct full_regs at;
    struct thread *self = enter();
    if (!self)
        return -EAGAIN;
    csan__session_caller_state((uintptr_t)__builtin_return_address(0), &at);
    int failed = csan__profile_dump(kind, path, &at);
    csan__session_leave(self);
    return failed;
}
