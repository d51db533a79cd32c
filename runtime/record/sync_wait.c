/* What a thread waits for. */
#include "base/os.h"
#include "record/stack.h"
#include "record/sync_private.h"
#include "record/volume.h"

/* Where libc names no holder: so many threads are asked, the newest first. */
#define ASKED_MAX 16u

static void runs_again(struct sync *s)
{
    csan__sync_write_begins(s);
    s->wait.kind = SYNC_NONE;
    s->unsettled = 0;
    csan__sync_write_ends(s);
}

/* A call that this thread slept in and that was left by siglongjmp: its frame is gone. A handler's
 * frames lie below it, or on another stack. */
void csan__sync_drop_left_wait(struct thread *t, struct sync *s, const struct regs *at)
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
    struct sync *s = csan__sync_of(t);
    if (CSAN_UNLIKELY(!s))
        return false;
    csan__sync_settle(t, s, at);
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
    w->pc = at->pc;
    w->holder_tid = what->holder_tid;
    w->holder.object = 0;
    w->kind = what->kind;
    s->unsettled = 1;
    csan__sync_write_ends(s);
    if (!is_told(what->kind))
        return true;
    if (what->kind <= SYNC_SPIN) {
        csan__sync_note_fought(what->object);
        struct held holder;
        int tid = w->holder_tid; /* 0: libc names no holder of spin locks, and no reader */
        if (csan__sync_find_holder(w->object, &tid, &holder, tid ? UINT32_MAX : ASKED_MAX)) {
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
    struct sync *s = csan__sync_of(t);
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
