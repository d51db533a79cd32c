/* The world stopped, without ptrace.
 *
 *   judge                                   every other thread
 *   ─────                                   ──────────────────
 *   wanted = 1; signal each ──────────────► in the program: the handler notes its registers, says
 *   wait until all have said so                             so, and sleeps
 *                                           in a hook: the handler returns; the hook's way out
 *                                                      does the same (stand_still)
 *   no signal                               asleep in a call that a hook passed on: let sleep. All
 *                                           it has is on its stack (hook/guard.h, SLEEP_IN); should
 *   … judge reads …                           it wake, it stands still at the next hook it enters
 *   wanted = 0; wake all  ────────────────► on it goes; a system call that the signal broke off is
 *   wait until all have left                begun again (resume.h)
 *
 * A signal handler of the program's may run on who was let sleep, up to that hook, and move
 * pointers about: so the kernel is asked how often it has run, before and after (look_again).
 * Whoever has run since is stopped where it is now, and what could not be reached is looked for
 * once more.
 *
 * The signal is the one that libc keeps for itself (33): libc lets no program block it, wait for it
 * or look at it. Libc's own use of it (setuid in all threads) is passed on to libc's handler.
 * A thread that does not answer within a second (it holds a lock of malloc's that a hook waits for,
 * or sits in the kernel) counts as running on: all of its stack is taken for live. */
#include "record/world.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "base/text.h"
#include "record/maps.h"
#include "record/sync.h"
#include "session/kernel_signal.h"
#include "session/private.h"
#include "session/resume.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define STOP_SIGNAL 33
#define RED_ZONE_BYTES 128u /* below the stack pointer, and live */
/* All but those that csan's own reading may raise. */
#define MOST_SIGNALS (~(uint64_t)0 & ~(1ULL << (SIGSEGV - 1)) & ~(1ULL << (SIGBUS - 1)))
#define STOP_PATIENCE_NS ((uint64_t)1000000000u)

/* So often those that have run are let sleep again; then all are sent the signal. */
#define LOOKS_MAX 3u

/* Written by the judge, but that who was asked, or let sleep, says that it stands. */
enum slot_state { SLOT_IDLE, SLOT_FOUND, SLOT_ASKED, SLOT_ASLEEP, SLOT_STANDING, SLOT_GONE };

struct slot {
    int tid;
    uint32_t state; /* enum slot_state */
    uint32_t owed;  /* signals sent to it that have not arrived yet */
    long call;      /* system call the thread slept in when it was asked; -1: none */
    uintptr_t call_pc;
    uintptr_t sp;
    struct range saved;
    uintptr_t thread_pointer;
    struct thread *record;             /* while the world stands */
    uint64_t runs;                     /* of who was let sleep: how often it had run; 0: was not */
    const struct full_regs *asleep_at; /* and what it gave the kernel */
};

/* By thread number, open addressing. */
struct slot_table {
    uint32_t mask; /* slots - 1 */
    struct slot slots[];
};

uint32_t csan__stop_wanted;

static struct {
    struct lock lock;         /* one stop at a time */
    struct slot_table *table; /* kept from stop to stop, for signals that come late */
    uint32_t used;
    uint32_t asked;    /* how many are to say so */
    uint32_t standing; /* futex: how many have said so */
    uint32_t leaving;  /* how many have not left yet */
    uint32_t looks;
    const struct full_regs *judge_at; /* while the world stands, as the next */
    struct world *world;
    bool installed;
    struct kernel_sigaction before; /* libc's */
    int pid;
} stop = {.lock = LOCK_INIT(LOCK_WORLD)};

static struct slot *find_slot(int tid)
{
    struct slot_table *table = __atomic_load_n(&stop.table, __ATOMIC_ACQUIRE);
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

static struct slot *add_slot(struct slot_table *table, int tid, uint32_t owed)
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

static bool is_to_stand(const struct slot *s)
{
    uint32_t state = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
    return state == SLOT_ASKED || state == SLOT_ASLEEP;
}

static bool change(struct slot *s, enum slot_state from, enum slot_state to)
{
    uint32_t expected = from;
    return __atomic_compare_exchange_n(&s->state, &expected, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

/* The slot's owner says so and sleeps until the judge is done. */
static void stand(struct slot *s)
{
    __asm__("movq %%fs:0, %0" : "=r"(s->thread_pointer));
    __atomic_add_fetch(&stop.leaving, 1, __ATOMIC_ACQ_REL);
    bool was_asleep = change(s, SLOT_ASLEEP, SLOT_STANDING);
    if (was_asleep)
        __atomic_add_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
    if (was_asleep || change(s, SLOT_ASKED, SLOT_STANDING)) {
        __atomic_add_fetch(&stop.standing, 1, __ATOMIC_RELEASE);
        csan__os_futex_wake(&stop.standing, 1);
        while (__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE))
            csan__os_futex_wait(&csan__stop_wanted, 1, 0);
        __atomic_store_n(&s->state, SLOT_IDLE, __ATOMIC_RELAXED);
    }
    __atomic_sub_fetch(&stop.leaving, 1, __ATOMIC_RELEASE);
}

void csan__stop_stand_still(struct thread *self)
{
    struct slot *s = find_slot(self->tid);
    if (!s || !is_to_stand(s))
        return; /* the judge itself, or a thread that was not asked yet: its signal is coming */
    self->inside = 1;
    uint64_t all = MOST_SIGNALS, before; /* a handler would run on, and move pointers about */
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, 8, 0, 0);
    struct full_regs here;
    csan__unwind_here(&here);
    __builtin_unwind_init(); /* this frame's own lies below its base: from the stack pointer on */
    __asm__ volatile("movq %%rsp, %0" : "=r"(s->sp));
    s->saved = (struct range){(uintptr_t)&here, (uintptr_t)(&here + 1)};
    stand(s);
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, 8, 0, 0);
    self->inside = 0;
}

bool csan__stop_is_inside(struct thread *self)
{
    uint32_t let_sleep = THREAD_LET_SLEEP;
    if (__atomic_load_n(&self->inside, __ATOMIC_RELAXED) != let_sleep)
        return true;
    csan__stop_stand_still(self);
    __atomic_compare_exchange_n(&self->inside, &let_sleep, 0, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
    return false;
}

/* A signal that csan sent: this one may arrive when the world has long gone on. */
static bool is_ours(const siginfo_t *info, struct slot *s)
{
    if (info->si_code != SI_TKILL || info->si_pid != stop.pid || !s)
        return false;
    uint32_t owed = __atomic_load_n(&s->owed, __ATOMIC_ACQUIRE);
    if (!owed)
        return false;
    __atomic_sub_fetch(&s->owed, 1, __ATOMIC_RELAXED);
    return true;
}

static void pass_on(int sig, siginfo_t *info, void *context)
{
    if ((uintptr_t)stop.before.handler > 1)
        stop.before.handler(sig, info, context);
}

static void note_registers(struct slot *s, const ucontext_t *uc)
{
    const char *fp = (const char *)uc->uc_mcontext.fpregs;
    uint32_t extended = fp ? *(const uint32_t *)(fp + 464 + 4) : 0; /* fx_sw_bytes.extended_size */
    uintptr_t end = fp ? (uintptr_t)fp + (extended ? extended : 512) : (uintptr_t)(uc + 1);
    s->saved = (struct range){(uintptr_t)uc, end};
    s->sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP] - RED_ZONE_BYTES;
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    int tid = csan__os_tid();
    struct slot *s = find_slot(tid);
    if (!is_ours(info, s)) {
        pass_on(sig, info, context);
        return;
    }
    struct thread *self = csan__thread_self;
    if (self && self->tid == tid && self->inside && self->inside != THREAD_LET_SLEEP)
        return; /* stands still on its way out of the hook */
    ucontext_t *uc = context;
    if (__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE) && is_to_stand(s)) {
        note_registers(s, uc);
        stand(s);
    }
    csan__resume_call(uc, s->call, s->call_pc);
}

static void install(void)
{
    if (stop.installed)
        return;
    struct kernel_sigaction ours = {.handler = on_signal,
                                    .flags =
                                        SA_SIGINFO | SA_RESTART | SA_ONSTACK | KERNEL_SA_RESTORER,
                                    .restorer = csan__os_sigreturn,
                                    .mask = MOST_SIGNALS};
    csan__kernel_sigaction(STOP_SIGNAL, &ours, &stop.before);
    stop.installed = true;
}

/* What /proc says of a thread: true, and a string. */
static bool read_task(int tid, const char *file, char *out, size_t room)
{
    char path[64];
    struct text t = TEXT(path);
    csan__text_format(&t, "/proc/self/task/%d/%s", tid, file);
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    long n = csan__os_read((int)fd, out, room - 1);
    csan__os_close((int)fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* The main thread that has left by pthread_exit stays in the list until the process ends: "Z"
 * behind the name's closing parenthesis. */
static bool is_zombie(int tid)
{
    char line[512];
    const char *name_end = read_task(tid, "stat", line, sizeof line) ? strrchr(line, ')') : NULL;
    return name_end && (name_end[2] == 'Z' || name_end[2] == 'X');
}

static uint64_t next_number(const char **at)
{
    uint64_t n = 0;
    const char *p = *at;
    uint64_t base = p[0] == '0' && p[1] == 'x' ? 16 : 10;
    for (p += base == 16 ? 2 : 0; *p > ' '; p++)
        n = n * base + (uint64_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
    *at = *p ? p + 1 : p;
    return n;
}

/* "202 0x7f… 0x80 0x0 0x0 0x0 0x0 0x7ffd… 0x7f1c…": number, six arguments, sp, pc; or "running". */
static void note_call(struct slot *s, struct full_regs *at)
{
    static const uint8_t arguments[] = {5, 4, 1, 10, 8, 9}; /* rdi, rsi, rdx, r10, r8, r9 */
    char line[256];
    const char *p = line;
    s->call = RESUME_UNKNOWN;
    memset(at, 0, sizeof *at);
    if (!read_task(s->tid, "syscall", line, sizeof line) || line[0] < '0' || line[0] > '9')
        return;
    s->call = (long)next_number(&p);
    for (size_t i = 0; i < CSAN_COUNT(arguments); i++)
        at->r[arguments[i]] = next_number(&p);
    at->r[7] = next_number(&p);
    at->r[16] = next_number(&p);
    s->call_pc = at->r[16];
}

/* How often the kernel has let it run: the third word. 0: not known. */
static uint64_t count_runs(int tid)
{
    char line[128];
    const char *p = line;
    if (!read_task(tid, "schedstat", line, sizeof line))
        return 0;
    next_number(&p);
    next_number(&p);
    return next_number(&p);
}

/* Does it sleep in the call that its record tells of? Not in a handler that interrupted it, and not
 * later in another that no hook has seen, where a handler left the first one by siglongjmp: then
 * the place of the first one's return address has been used again. */
static bool sleeps_as_told(const struct slot *s, const struct full_regs *at)
{
    const struct sync *sync = s->record ? s->record->sync : NULL;
    if (!sync || sync->tid != s->tid || sync->wait.kind == SYNC_NONE ||
        __atomic_load_n(&s->record->inside, __ATOMIC_RELAXED) != THREAD_LET_SLEEP)
        return false;
    uintptr_t sp = sync->wait.sp, pc = sync->wait.pc;
    return s->call != RESUME_UNKNOWN && sp - at->r[7] <= RESUME_FRAMES_BYTES && sp % 8 == 0 &&
           ((const uintptr_t *)sp)[-1] == pc;
}

static void mark_record(const struct slot *s, uint32_t from, uint32_t to)
{
    struct thread *t = s->record;
    if (t)
        __atomic_compare_exchange_n(&t->inside, &from, to, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED);
}

/* It is let sleep: until the judge is done it has run no more often than now, or look_again tells.
 * Registers that the call does not use are on its stack. */
static bool let_sleep(struct slot *s)
{
    struct full_regs at;
    change(s, SLOT_FOUND, SLOT_ASLEEP);
    mark_record(s, 0, THREAD_LET_SLEEP);
    s->runs = s->record ? count_runs(s->tid) : 0; /* first: who runs in between is found out */
    note_call(s, &at);
    struct full_regs *kept = NULL;
    if (s->runs && sleeps_as_told(s, &at))
        kept = csan__arena_scratch_alloc(stop.world->scratch, sizeof *kept);
    if (!kept) {
        mark_record(s, THREAD_LET_SLEEP, 0);
        s->runs = 0;
        return false;
    }
    *kept = at;
    s->asleep_at = kept;
    return true;
}

struct task_dir {
    int fd;
    char buf[8192];
    long bytes, at;
};

static int next_tid(struct task_dir *d)
{
    struct entry {
        uint64_t inode, offset;
        uint16_t length;
        uint8_t type;
        char name[];
    } * e;
    for (;;) {
        if (d->at >= d->bytes) {
            d->bytes =
                csan__os_syscall(SYS_getdents64, d->fd, (long)d->buf, sizeof d->buf, 0, 0, 0);
            d->at = 0;
            if (d->bytes <= 0)
                return 0;
        }
        e = (struct entry *)(d->buf + d->at);
        d->at += e->length;
        int tid = 0;
        for (const char *c = e->name; *c >= '0' && *c <= '9'; c++)
            tid = tid * 10 + (*c - '0');
        if (tid)
            return tid;
    }
}

/* One pass over /proc/self/task: who is there that was not before. 0 or -errno. */
static int find_all(uint32_t capacity)
{
    struct task_dir d = {.bytes = 0, .at = 0};
    long fd = csan__os_open("/proc/self/task", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return (int)fd;
    d.fd = (int)fd;
    int self = csan__os_tid();
    for (int tid = next_tid(&d); tid; tid = next_tid(&d)) {
        struct slot *s = tid == self ? NULL : find_slot(tid);
        if (tid == self || tid == csan__watchdog_tid() || (s && s->state != SLOT_IDLE))
            continue;
        if (!s && stop.used++ < capacity)
            s = add_slot(stop.table, tid, 0);
        if (!s)
            continue; /* more than doubled since the count: counts as running on */
        s->runs = 0;
        s->state = SLOT_FOUND;
    }
    csan__os_close(d.fd);
    return 0;
}

/* Which record is whose: in one pass over each. */
static void find_records(void)
{
    for (uint32_t i = 0; stop.table && i <= stop.table->mask; i++)
        stop.table->slots[i].record = NULL;
    for (struct thread *t = csan__thread_first(); t; t = t->next) {
        struct slot *s = t->tid ? find_slot(t->tid) : NULL;
        if (s)
            s->record = t;
    }
}

/* Not who has come to stand by itself meanwhile. False: nor who has ended. */
static bool ask(struct slot *s)
{
    __atomic_add_fetch(&s->owed, 1, __ATOMIC_RELEASE);
    __atomic_add_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
    bool asked = change(s, SLOT_ASLEEP, SLOT_ASKED);
    if (asked && csan__os_tgkill(stop.pid, s->tid, STOP_SIGNAL) == 0)
        return true;
    __atomic_sub_fetch(&s->owed, 1, __ATOMIC_RELEASE);
    __atomic_sub_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
    if (asked)
        s->state = SLOT_IDLE; /* has ended meanwhile */
    return !asked;
}

/* Returns how many there are now that may have begun others before they stood still. */
static uint32_t ask_found(void)
{
    uint32_t asked = 0;
    find_records();
    for (uint32_t i = 0; i <= stop.table->mask; i++) {
        struct slot *s = &stop.table->slots[i];
        if (!s->tid || s->state != SLOT_FOUND)
            continue;
        if (s->tid == stop.pid && is_zombie(s->tid))
            s->state = SLOT_GONE;
        else if (!let_sleep(s))
            asked += ask(s);
    }
    return asked;
}

/* A thread may end before its signal arrives; it then never stands. */
static void forget_ended(void)
{
    for (uint32_t i = 0; i <= stop.table->mask; i++) {
        struct slot *s = &stop.table->slots[i];
        if (s->tid && s->state == SLOT_ASKED && csan__os_tgkill(stop.pid, s->tid, 0) == -ESRCH) {
            s->state = SLOT_IDLE;
            s->owed = 0;
            __atomic_sub_fetch(&stop.asked, 1, __ATOMIC_RELEASE);
        }
    }
}

static void wait_standing(void)
{
    uint64_t until = csan__os_now_ns() + STOP_PATIENCE_NS;
    for (uint32_t seen; (seen = __atomic_load_n(&stop.standing, __ATOMIC_ACQUIRE)) <
                        __atomic_load_n(&stop.asked, __ATOMIC_ACQUIRE);) {
        if (csan__os_futex_wait(&stop.standing, seen, 20000000u) == -ETIMEDOUT)
            forget_ended();
        if (csan__os_now_ns() > until)
            return;
    }
}

static uint32_t count_tasks(void)
{
    struct task_dir d = {.bytes = 0, .at = 0};
    long fd = csan__os_open("/proc/self/task", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return 1;
    d.fd = (int)fd;
    uint32_t n = 0;
    while (next_tid(&d))
        n++;
    csan__os_close(d.fd);
    return n;
}

static bool is_gone(const struct slot *s)
{
    return !s->owed || csan__os_tgkill(stop.pid, s->tid, 0) == -ESRCH;
}

/* Room for twice the threads there are: new ones may start until all stand still. An outgrown table
 * stays mapped: a late signal's handler may be reading it. */
static int make_slots(uint32_t tasks)
{
    struct slot_table *old = stop.table;
    stop.standing = 0;
    stop.asked = 0;
    if (old && (old->mask + 1) / 2 >= stop.used + tasks)
        return 0;
    uint32_t n = 64;
    while (n < tasks * 8)
        n *= 2;
    struct slot_table *table = csan__os_map(sizeof *table + n * sizeof(struct slot));
    if (!table)
        return -ENOMEM;
    table->mask = n - 1;
    stop.used = 0;
    for (uint32_t i = 0; old && i <= old->mask; i++)
        if (old->slots[i].tid && !is_gone(&old->slots[i]) && ++stop.used)
            add_slot(table, old->slots[i].tid, old->slots[i].owed);
    __atomic_store_n(&stop.table, table, __ATOMIC_RELEASE);
    return 0;
}

static int stop_others(void)
{
    uint32_t tasks = count_tasks();
    if (tasks <= 1)
        return 0;
    stop.pid = csan__os_pid();
    if (make_slots(tasks) != 0)
        return -ENOMEM;
    install();
    __atomic_store_n(&csan__stop_wanted, 1, __ATOMIC_RELEASE);
    int failed;
    while (!(failed = find_all((stop.table->mask + 1) / 2)) && ask_found())
        wait_standing();
    return failed;
}

static void note_record(struct stopped_thread *t, const struct thread *record)
{
    t->record = record;
    if (record)
        t->stack = (struct range){record->stack_lo, record->stack_hi};
}

static uint32_t list_threads(const struct full_regs *judge_at, struct stopped_thread *out)
{
    struct thread *self = csan__thread_get();
    if (self)
        csan__thread_learn_stack(self);
    int tid = csan__os_tid();
    out[0] = (struct stopped_thread){.tid = tid, .is_judge = true, .sp = judge_at->r[7]};
    note_record(&out[0], self);
    out[0].saved = (struct range){(uintptr_t)judge_at, (uintptr_t)(judge_at + 1)};
    __asm__("movq %%fs:0, %0" : "=r"(out[0].thread_pointer));
    uint32_t n = 1;
    find_records();
    for (uint32_t i = 0; stop.table && i <= stop.table->mask; i++) {
        struct slot *s = &stop.table->slots[i];
        uint32_t state = __atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
        if (!s->tid || state == SLOT_IDLE)
            continue;
        struct stopped_thread *t = &out[n++];
        *t = (struct stopped_thread){.tid = s->tid, .in_call = s->call != RESUME_UNKNOWN};
        note_record(t, s->record);
        if (state == SLOT_STANDING) {
            t->sp = s->sp;
            t->saved = s->saved;
            t->thread_pointer = s->thread_pointer;
            s->runs = 0;
        } else if (s->runs) {
            t->sp = s->asleep_at->r[7] - RED_ZONE_BYTES;
            t->saved = (struct range){(uintptr_t)s->asleep_at, (uintptr_t)(s->asleep_at + 1)};
            t->thread_pointer = s->record->thread_pointer;
        } else if (state == SLOT_GONE) {
            t->sp = t->stack.hi; /* nothing of its stack lives */
        } else {
            t->sp = t->stack.lo; /* runs on: nothing of its stack is known to be dead */
        }
    }
    return n;
}

/* Who was let sleep has run since: stopped where it is now. */
static bool look_again(void)
{
    bool has_moved = false, sleeps = ++stop.looks < LOOKS_MAX;
    for (uint32_t i = 0; i <= stop.table->mask; i++) {
        struct slot *s = &stop.table->slots[i];
        if (!s->tid || !s->runs || count_runs(s->tid) == s->runs)
            continue;
        has_moved = true;
        s->runs = 0;
    }
    for (uint32_t i = 0; has_moved && i <= stop.table->mask; i++) {
        struct slot *s = &stop.table->slots[i];
        if (!s->tid || s->state != SLOT_ASLEEP || (s->runs && sleeps))
            continue;
        mark_record(s, THREAD_LET_SLEEP, 0);
        s->runs = 0;
        if (!sleeps || !let_sleep(s))
            ask(s);
    }
    if (!has_moved)
        return false;
    wait_standing();
    stop.world->nthreads = list_threads(stop.judge_at, stop.world->threads);
    return true;
}

int csan__stop_world(const struct full_regs *judge_at, struct arena *scratch, struct world *out)
{
    csan__lock_take(&stop.lock);
    memset(out, 0, sizeof *out);
    out->scratch = scratch;
    stop.world = out;
    stop.judge_at = judge_at;
    stop.looks = 0;
    int failed = stop_others();
    size_t max = stop.table ? stop.table->mask + 2 : 1;
    out->threads = csan__arena_scratch_alloc(scratch, max * sizeof *out->threads);
    if (failed || !out->threads) {
        csan__start_world();
        return failed ? failed : -ENOMEM;
    }
    out->nthreads = list_threads(judge_at, out->threads);
    out->look_again = out->nthreads > 1 ? look_again : NULL;
    long n = csan__maps_read(scratch, &out->mappings);
    if (n < 0 &&
        n != -ENOENT) { /* its globals not looked at, a program would seem to hold nothing */
        csan__start_world();
        return (int)n;
    }
    out->nmappings = n > 0 ? (uint32_t)n : 0;
    return 0;
}

void csan__start_world(void)
{
    if (__atomic_load_n(&csan__stop_wanted, __ATOMIC_RELAXED)) {
        for (uint32_t i = 0; i <= stop.table->mask; i++) {
            struct slot *s = &stop.table->slots[i];
            s->runs = 0;
            mark_record(s, THREAD_LET_SLEEP, 0);
            if (!change(s, SLOT_ASLEEP, SLOT_IDLE) && !change(s, SLOT_FOUND, SLOT_IDLE))
                change(s, SLOT_ASKED, SLOT_IDLE); /* never answered: its signal is still owed */
        }
        __atomic_store_n(&csan__stop_wanted, 0, __ATOMIC_RELEASE);
        csan__os_futex_wake(&csan__stop_wanted, 0x7fffffff);
        while (__atomic_load_n(&stop.leaving, __ATOMIC_ACQUIRE))
            csan__os_yield();
    }
    csan__lock_give(&stop.lock);
}

/* Nobody is stopped here, and no signal is owed to the one thread there is. */
void csan__stop_forked(void)
{
    __atomic_store_n(&csan__stop_wanted, 0, __ATOMIC_RELEASE);
    stop.table = NULL;
    stop.used = 0;
    stop.leaving = 0;
}
