/* The world stopped, without ptrace.
 *
 *   judge                                   every other thread
 *   ─────                                   ──────────────────
 *   wanted = 1; signal each ──────────────► in the program: the handler notes its registers, says
 *   wait until all have said so                             so, and sleeps
 *                                           in a hook: the handler returns; the hook's way out
 *   … judge reads …                                         does the same (stand_still)
 *   wanted = 0; wake all  ────────────────► on it goes; a system call that the signal broke off is
 *   wait until all have left                begun again (resume.h)
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
#define STOP_PATIENCE_NS ((uint64_t)1000000000u)

enum slot_state { SLOT_IDLE, SLOT_ASKED, SLOT_STANDING, SLOT_GONE };

struct slot {
    int tid;
    uint32_t state; /* enum slot_state */
    uint32_t owed;  /* signals sent to it that have not arrived yet */
    long call;      /* system call the thread slept in when it was asked; -1: none */
    uintptr_t call_pc;
    uintptr_t sp;
    struct range saved;
    uintptr_t thread_pointer;
    const struct thread *record; /* while the world stands */
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
    uint32_t standing; /* futex: how many have said so */
    uint32_t asleep;   /* how many have not left yet */
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

/* The slot's owner says so and sleeps until the judge is done. */
static void stand(struct slot *s)
{
    __asm__("movq %%fs:0, %0" : "=r"(s->thread_pointer));
    __atomic_add_fetch(&stop.asleep, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&s->state, SLOT_STANDING, __ATOMIC_RELEASE);
    __atomic_add_fetch(&stop.standing, 1, __ATOMIC_RELEASE);
    csan__os_futex_wake(&stop.standing, 1);
    while (__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE))
        csan__os_futex_wait(&csan__stop_wanted, 1, 0);
    __atomic_store_n(&s->state, SLOT_IDLE, __ATOMIC_RELAXED);
    __atomic_sub_fetch(&stop.asleep, 1, __ATOMIC_RELEASE);
}

void csan__stop_stand_still(struct thread *self)
{
    struct slot *s = find_slot(self->tid);
    if (!s || __atomic_load_n(&s->state, __ATOMIC_ACQUIRE) != SLOT_ASKED)
        return; /* the judge itself, or a thread that was not asked yet: its signal is coming */
    self->inside = 1;
    struct full_regs here;
    csan__unwind_here(&here);
    s->sp = (uintptr_t)__builtin_frame_address(0);
    s->saved = (struct range){(uintptr_t)&here, (uintptr_t)(&here + 1)};
    stand(s);
    self->inside = 0;
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
    s->sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP] - 128; /* the red zone is live */
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
    if (self && self->tid == tid && self->inside)
        return; /* stands still on its way out of the hook */
    ucontext_t *uc = context;
    if (__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE) &&
        __atomic_load_n(&s->state, __ATOMIC_ACQUIRE) == SLOT_ASKED) {
        note_registers(s, uc);
        stand(s);
    }
    csan__resume_call(uc, s->call, s->call_pc);
}

static void install(void)
{
    if (stop.installed)
        return;
    struct kernel_sigaction ours = {
        .handler = on_signal,
        .flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | KERNEL_SA_RESTORER,
        .restorer = csan__os_sigreturn,
        .mask = ~(uint64_t)0 & ~(1ULL << (SIGSEGV - 1)) & ~(1ULL << (SIGBUS - 1))};
    csan__kernel_sigaction(STOP_SIGNAL, &ours, &stop.before);
    stop.installed = true;
}

/* The main thread that has left by pthread_exit stays in the list until the process ends: "Z"
 * behind the name's closing parenthesis. */
static bool is_zombie(int tid)
{
    char path[64], line[512];
    struct text t = TEXT(path);
    csan__text_format(&t, "/proc/self/task/%d/stat", tid);
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    long n = csan__os_read((int)fd, line, sizeof line - 1);
    csan__os_close((int)fd);
    line[n > 0 ? n : 0] = '\0';
    const char *name_end = strrchr(line, ')');
    return name_end && (name_end[2] == 'Z' || name_end[2] == 'X');
}

/* "202 0x7f… 0x80 0x0 0x0 0x0 0x0 0x7ffd… 0x7f1c…": number, six arguments, sp, pc; or "running". */
static void note_call(struct slot *s)
{
    char path[64], line[256];
    struct text t = TEXT(path);
    csan__text_format(&t, "/proc/self/task/%d/syscall", s->tid);
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return;
    long n = csan__os_read((int)fd, line, sizeof line - 1);
    csan__os_close((int)fd);
    if (n <= 0 || line[0] < '0' || line[0] > '9')
        return;
    line[n] = '\0';
    long call = 0;
    char *p = line;
    while (*p >= '0' && *p <= '9')
        call = call * 10 + (*p++ - '0');
    char *last = strrchr(line, ' ');
    uintptr_t pc = 0;
    for (char *d = last ? last + 3 : p; *d && *d != '\n'; d++)
        pc = pc * 16 + (uintptr_t)(*d <= '9' ? *d - '0' : *d - 'a' + 10);
    s->call_pc = pc;
    s->call = call;
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

/* One pass over /proc/self/task. Returns how many were asked anew, or -errno. */
static long ask_all(uint32_t *asked, uint32_t capacity)
{
    struct task_dir d = {.bytes = 0, .at = 0};
    long fd = csan__os_open("/proc/self/task", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return fd;
    d.fd = (int)fd;
    int self = csan__os_tid();
    long fresh = 0;
    for (int tid = next_tid(&d); tid; tid = next_tid(&d)) {
        struct slot *s = tid == self ? NULL : find_slot(tid);
        if (tid == self || tid == csan__watchdog_tid() || (s && s->state != SLOT_IDLE))
            continue;
        if (!s && stop.used++ < capacity)
            s = add_slot(stop.table, tid, 0);
        if (!s)
            continue; /* more than doubled since the count: counts as running on */
        if (tid == stop.pid && is_zombie(tid)) {
            s->state = SLOT_GONE;
            continue;
        }
        s->call = RESUME_UNKNOWN;
        note_call(s);
        __atomic_add_fetch(&s->owed, 1, __ATOMIC_RELEASE);
        __atomic_store_n(&s->state, SLOT_ASKED, __ATOMIC_RELEASE);
        if (csan__os_tgkill(stop.pid, tid, STOP_SIGNAL) < 0) {
            s->owed--;
            s->state = SLOT_IDLE; /* has ended meanwhile */
            continue;
        }
        fresh++;
        ++*asked;
    }
    csan__os_close(d.fd);
    return fresh;
}

/* A thread may end before its signal arrives; it then never stands. */
static uint32_t forget_ended(void)
{
    uint32_t ended = 0;
    for (uint32_t i = 0; i <= stop.table->mask; i++) {
        struct slot *s = &stop.table->slots[i];
        if (s->tid && s->state == SLOT_ASKED && csan__os_tgkill(stop.pid, s->tid, 0) == -ESRCH) {
            s->state = SLOT_IDLE;
            s->owed = 0;
            ended++;
        }
    }
    return ended;
}

static void wait_standing(uint32_t *asked)
{
    uint64_t until = csan__os_now_ns() + STOP_PATIENCE_NS;
    for (uint32_t seen; (seen = __atomic_load_n(&stop.standing, __ATOMIC_ACQUIRE)) < *asked;) {
        if (csan__os_futex_wait(&stop.standing, seen, 20000000u) == -ETIMEDOUT)
            *asked -= forget_ended();
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
    uint32_t asked = 0;
    long fresh;
    while ((fresh = ask_all(&asked, (stop.table->mask + 1) / 2)) > 0)
        wait_standing(&asked);
    return (int)fresh;
}

static void note_record(struct stopped_thread *t, const struct thread *record)
{
    t->record = record;
    if (record)
        t->stack = (struct range){record->stack_lo, record->stack_hi};
}

/* Which record is whose: in one pass over each. */
static void find_records(void)
{
    for (uint32_t i = 0; stop.table && i <= stop.table->mask; i++)
        stop.table->slots[i].record = NULL;
    for (const struct thread *t = csan__thread_first(); t; t = t->next) {
        struct slot *s = t->tid ? find_slot(t->tid) : NULL;
        if (s)
            s->record = t;
    }
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
        const struct slot *s = &stop.table->slots[i];
        if (!s->tid || s->state == SLOT_IDLE)
            continue;
        struct stopped_thread *t = &out[n++];
        *t = (struct stopped_thread){.tid = s->tid, .in_call = s->call != RESUME_UNKNOWN};
        note_record(t, s->record);
        if (__atomic_load_n(&s->state, __ATOMIC_ACQUIRE) == SLOT_STANDING) {
            t->sp = s->sp;
            t->saved = s->saved;
            t->thread_pointer = s->thread_pointer;
        } else if (s->state == SLOT_GONE) {
            t->sp = t->stack.hi; /* nothing of its stack lives */
        } else {
            t->sp = t->stack.lo; /* runs on: nothing of its stack is known to be dead */
        }
    }
    return n;
}

int csan__stop_world(const struct full_regs *judge_at, struct arena *scratch, struct world *out)
{
    csan__lock_take(&stop.lock);
    int failed = stop_others();
    size_t max = stop.table ? stop.table->mask + 2 : 1;
    struct stopped_thread *threads = csan__arena_scratch_alloc(scratch, max * sizeof *threads);
    if (failed || !threads) {
        csan__start_world();
        return failed ? failed : -ENOMEM;
    }
    memset(out, 0, sizeof *out);
    out->scratch = scratch;
    out->threads = threads;
    out->nthreads = list_threads(judge_at, threads);
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
        for (uint32_t i = 0; i <= stop.table->mask; i++)
            if (stop.table->slots[i].state == SLOT_ASKED)
                stop.table->slots[i].state =
                    SLOT_IDLE; /* never answered: its signal is still owed */
        __atomic_store_n(&csan__stop_wanted, 0, __ATOMIC_RELEASE);
        csan__os_futex_wake(&csan__stop_wanted, 0x7fffffff);
        while (__atomic_load_n(&stop.asleep, __ATOMIC_ACQUIRE))
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
    stop.asleep = 0;
}
