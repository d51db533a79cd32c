/* A verdict.
 *
 *   stop the world ► each detector judges ► start the world ► names ► suppressions, focus ► limits
 *                                                                   ► fingerprints ► report
 *
 * Runs on a stack of csan's own: the program's may be small, and must not be written over. One at a
 * time. Nothing here allocates from the program's heap. */
#include "base/lock.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/detector.h"
#include "record/block.h"
#include "record/module.h"
#include "record/stack.h"
#include "report/alias.h"
#include "report/baseline.h"
#include "report/report.h"
#include "session/framework.h"
#include "session/private.h"
#include "session/share.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define JUDGE_STACK_BYTES ((size_t)1 << 20)

static struct {
    struct lock lock;
    char *stack;
    uint32_t findings;
    bool given_up;
    char first_file[FRAMEWORK_FILE_MAX];
    /* What csan_check found in a test: its framework hears of it when the test ends. */
    struct {
        char text[FRAMEWORK_TEXT_MAX];
        char file[FRAMEWORK_FILE_MAX];
        int line;
        uint32_t findings; /* 0: nothing is kept */
    } asked;
    uint64_t world_ns; /* how long the last verdict took, without its report */
    uint32_t nthreads;
} judge = {.lock = LOCK_INIT(LOCK_SESSION)};

struct verdict {
    uint32_t since;
    const struct full_regs *at;
    struct outcome *out;
    struct arena scratch;
    struct findings findings;
    int failed;
    struct csan_report *told; /* of as many findings as the outcome has */
};

uint32_t csan__session_findings(void)
{
    return __atomic_load_n(&judge.findings, __ATOMIC_RELAXED);
}

bool csan__session_has_given_up(void)
{
    return judge.given_up;
}

void csan__session_give_up(const char *why)
{
    if (judge.given_up)
        return;
    judge.given_up = true;
    char buf[512];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: could not check %s: %s\n", csan__session_program(), why);
    csan__log_line(buf, t.len);
}

void csan__judge_inherit(uint32_t findings)
{
    judge.findings += findings;
}

void csan__judge_forked(void)
{
    judge.findings = 0;
    judge.given_up = false;
    judge.asked.findings = 0;
}

/* --- the stopped world */

static int judge_world(struct verdict *v)
{
    if (csan__options.max_threads != OPTION_OFF && !v->out->only)
        csan__started_settle(v->since);
    csan__share_catch_up();
    struct world world;
    uint64_t began_ns = csan__os_now_ns();
    bool with_memory = csan__block_any() || csan__share_any;
    int failed = csan__scene_stop(v->at, &v->scratch, with_memory, &world);
    if (failed)
        return failed;
    for (size_t i = 0; i < DETECTORS && !failed; i++)
        if (!v->out->only || v->out->only & 1u << i)
            failed = csan__detectors[i]->judge(v->since, &world, &v->findings);
    judge.nthreads = world.nthreads;
    csan__start_world();
    judge.world_ns = csan__os_now_ns() - began_ns;
    return failed;
}

void csan__judge_statistics(void)
{
    char buf[256];
    struct text t = TEXT(buf);
    csan__text_str(&t, "csan: the last check took ");
    csan__text_duration(&t, judge.world_ns);
    csan__text_str(&t, " over ");
    csan__text_count(&t, judge.nthreads, "thread");
    csan__text_str(&t, "; ");
    csan__text_count(&t, csan__stack_count(), "distinct stack");
    csan__text_str(&t, " so far\n");
    csan__log_line(buf, t.len);
}

/* --- names, suppressions, limits */

static void weigh(struct findings *f)
{
    for (size_t i = 0; i < DETECTORS; i++)
        if (csan__detectors[i]->weigh)
            csan__detectors[i]->weigh(f);
}

/* Stacks of others that a finding names. */
static uint32_t count_others(const struct findings *f)
{
    uint32_t n = 0;
    for (const struct finding *x = f->first; x; x = x->next)
        n += x->nparties + x->nplaces;
    return n;
}

static void name_places(struct arena *scratch, struct shown *s, const struct trace *traces)
{
    const struct finding *f = s->finding;
    if (!f->nplaces)
        return;
    s->places = csan__arena_scratch_alloc(scratch, f->nplaces * sizeof *s->places);
    if (!s->places)
        return;
    csan__place_resolve(scratch, f->places, f->nplaces, s->places);
    for (uint32_t i = 0; i < f->nplaces; i++)
        s->places[i].trace = traces[i];
}

/* All stacks of all findings in one question to the helper. */
struct shown *csan__judge_resolve(const struct findings *found, struct report *r)
{
    uint32_t n = found->count, total = n + count_others(found);
    struct shown *shown = csan__arena_scratch_alloc(r->scratch, n * sizeof *shown);
    uint32_t *stacks = csan__arena_scratch_alloc(r->scratch, total * sizeof *stacks);
    struct trace *traces = csan__arena_scratch_alloc(r->scratch, total * sizeof *traces);
    if (!shown || !stacks || !traces)
        return NULL;
    uint32_t at = 0;
    for (const struct finding *f = found->first; f; f = f->next) {
        stacks[at++] = f->stack;
        for (uint32_t p = 0; p < f->nparties; p++)
            stacks[at++] = f->parties[p].stack;
        for (uint32_t p = 0; p < f->nplaces; p++)
            stacks[at++] = f->places[p].stack;
    }
    csan__symbol_resolve(r->scratch, stacks, at, traces, &r->why_dark);
    csan__alias_name_all(r->scratch, found->first);
    at = 0;
    uint32_t i = 0;
    for (const struct finding *f = found->first; f; f = f->next, i++) {
        shown[i].finding = f;
        shown[i].trace = traces[at++];
        for (uint32_t p = 0; p < f->nparties; p++)
            shown[i].parties[p] = traces[at++];
        name_places(r->scratch, &shown[i], &traces[at]);
        at += f->nplaces;
    }
    return shown;
}

static bool is_accepted(const struct shown *s)
{
    return !csan__focus_matches(&s->trace) || csan__suppress_matches(s) ||
           csan__framework_owns(&s->trace);
}

/* Takes the accepted findings out of the list; then limits; then the shown ones follow the list. */
static void sift(struct verdict *v, struct report *r)
{
    struct finding **link = &v->findings.first;
    for (uint32_t i = 0; i < r->count; i++) {
        if (is_accepted(&r->shown[i])) {
            *link = (*link)->next;
            v->findings.count--;
        } else {
            link = &(*link)->next;
        }
    }
    v->findings.last = link;
    weigh(&v->findings);
    uint32_t kept = 0;
    for (const struct finding *f = v->findings.first; f; f = f->next)
        for (uint32_t i = 0; i < r->count; i++)
            if (r->shown[i].finding == f) {
                struct shown s = r->shown[i];
                r->shown[i] = r->shown[kept];
                r->shown[kept++] = s;
                break;
            }
    r->count = kept;
}

/* --- the report */

static void tell_framework(struct verdict *v, struct report *r)
{
    struct text file = TEXT(judge.first_file);
    uint32_t line = 0, column;
    csan__report_place(r, &r->shown[0], csan__session_cwd(), &file, &line, &column);
    v->out->file = judge.first_file;
    v->out->line = (int)line;
    struct text t = {.buf = v->out->brief, .cap = v->out->brief_cap};
    if (!v->out->brief) {
        if (judge.asked.findings || !csan__framework_is_used())
            return;
        struct text kept = TEXT(judge.asked.file);
        csan__text_str(&kept, judge.first_file);
        judge.asked.line = (int)line;
        judge.asked.findings = r->count;
        t = (struct text)TEXT(judge.asked.text);
    }
    for (uint32_t i = 0; i < r->count && t.len + 200 < t.cap; i++) {
        if (i)
            csan__text_str(&t, "\n# ");
        csan__report_brief(r, &r->shown[i], csan__session_cwd(), &t);
    }
}

/* At the end of a test that was told of findings by csan_check, and has no others. */
static void add_what_was_asked(struct outcome *out)
{
    if (!out->brief)
        return;
    if (!out->findings && judge.asked.findings) {
        struct text t = {.buf = out->brief, .cap = out->brief_cap};
        csan__text_str(&t, judge.asked.text);
        struct text file = TEXT(judge.first_file);
        csan__text_str(&file, judge.asked.file);
        out->file = judge.first_file;
        out->line = judge.asked.line;
        out->findings = judge.asked.findings;
    }
    judge.asked.findings = 0;
}

/* Tests that share the runner's process are told by the stacks that pass through them. */
static void name_tests(struct report *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        char room[256];
        struct text t = TEXT(room);
        if (csan__framework_test_of(&r->shown[i].trace, &t))
            r->shown[i].test = csan__arena_scratch_copy(r->scratch, room, t.len);
    }
}

static int print_to(struct report *r, int fd)
{
    struct text_style style = {.color = csan__log_color(fd), .cwd = csan__session_cwd()};
    char buf[512];
    struct text last = TEXT(buf);
    csan__report_last_line(r, &last);
    bool is_text = csan__options.format & FORMAT_TEXT;
    int failed = is_text && r->count ? csan__report_text(r, &style, fd) : 0;
    return failed ? failed : (int)csan__os_write_all(fd, buf, last.len);
}

static void say_other_baseline(int fd)
{
    char buf[4400];
    struct text t = TEXT(buf);
    const char *path = csan__baseline_of_another();
    if (!path)
        return;
    csan__text_format(&t, "csan: the baseline %s has no run of %s: none of its findings is known\n",
                      path, csan__session_program());
    csan__os_write_all(fd, buf, t.len);
}

static void print(struct report *r)
{
    int fd = csan__log_fd();
    int failed = fd < 0 ? 0 : print_to(r, fd); /* nowhere to write: the status still tells */
    if (fd >= 0 && !failed)
        say_other_baseline(fd);
    csan__log_done();
    if (!failed)
        return;
    csan__log_full(failed);
    int other = csan__log_stderr();
    if (other >= 0 && other != fd)
        print_to(r, other);
}

/* Out of the list: they are no failures. */
static void take_notes(struct findings *all, struct findings *notes)
{
    csan__findings_init(notes, all->scratch);
    struct finding **link = &all->first, *f;
    while ((f = *link) != NULL) {
        if (!f->is_note) {
            link = &f->next;
            continue;
        }
        *link = f->next;
        all->count--;
        f->next = NULL;
        *notes->last = f;
        notes->last = &f->next;
        notes->count++;
    }
    all->last = link;
}

/* With names: those that nobody has accepted. The record has them always; in the text they stand
 * before findings, and a process without any stays silent, but with verbosity. */
static void name_notes(const struct findings *notes, struct report *r)
{
    struct shown *shown = csan__judge_resolve(notes, r);
    for (uint32_t i = 0; shown && i < notes->count; i++)
        if (!is_accepted(&shown[i]))
            shown[r->count++] = shown[i];
    r->shown = shown;
    r->test = csan__framework_test();
    csan__fingerprint_all(r);
}

static void print_notes(const struct report *r)
{
    if (!r->count || !(csan__options.format & FORMAT_TEXT))
        return;
    struct text_style style = {.cwd = csan__session_cwd()};
    int fd = csan__log_fd();
    style.color = fd >= 0 && csan__log_color(fd);
    if (fd >= 0)
        csan__report_text(r, &style, fd);
    csan__log_done();
}

static void conclude(struct verdict *v)
{
    struct findings notes;
    struct report said = {.program = csan__session_program(), .scratch = &v->scratch};
    take_notes(&v->findings, &notes);
    if (notes.count && (v->findings.count || csan__options.verbosity || csan__options.out))
        name_notes(&notes, &said);
    csan__out_notes(&said);
    if (csan__options.verbosity >= 1)
        print_notes(&said);
    struct report r = {.program = csan__session_program(), .scratch = &v->scratch};
    bool some_accepted = csan__suppress_any() || csan__options.focus ||
                         (v->findings.count && csan__framework_is_used());
    if (!some_accepted)
        weigh(&v->findings);
    if (!v->findings.count)
        return;
    r.count = v->findings.count;
    r.shown = csan__judge_resolve(&v->findings, &r);
    if (!r.shown) {
        v->failed = -ENOMEM;
        return;
    }
    if (some_accepted)
        sift(v, &r);
    if (!r.count)
        return;
    r.test = v->out->test ? v->out->test : csan__framework_test();
    if (!r.test)
        name_tests(&r);
    csan__fingerprint_all(&r);
    r.known = csan__baseline_mark(&r);
    if (csan__options.verbosity < 1)
        print_notes(&said);
    r.count -= r.known;
    print(&r);
    r.count += r.known;
    csan__out_findings(&r);
    r.count -= r.known;
    if (r.count)
        tell_framework(v, &r);
    v->out->findings = r.count;
    v->told = csan__told_make(&r);
    for (size_t i = 0; i < DETECTORS; i++)
        if (csan__detectors[i]->reported)
            csan__detectors[i]->reported(&v->findings);
}

#define VERDICT_FILES 16u

/* A program that has used up its descriptors leaves none to read /proc with: the limit is raised
 * for the time of the verdict, where the hard one allows that. True: it was, and *before is what
 * was. */
static bool make_room_for_files(struct rlimit *before)
{
    long fd = csan__os_open("/proc", O_RDONLY | O_DIRECTORY, 0);
    if (fd >= 0)
        csan__os_close((int)fd);
    if (fd != -EMFILE ||
        csan__os_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)before, 0, 0) != 0)
        return false;
    struct rlimit more = *before;
    more.rlim_cur += VERDICT_FILES;
    return more.rlim_cur <= more.rlim_max &&
           csan__os_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&more, 0, 0, 0) == 0;
}

static void give_verdict(void *arg)
{
    struct verdict *v = arg;
    csan__findings_init(&v->findings, &v->scratch);
    v->failed = judge_world(v);
    if (csan__block_lost())
        csan__session_give_up("there was no memory to account for some blocks");
    else if (csan__share_lost())
        csan__session_give_up("there was no memory to know of some shared buffers");
    else if (!v->failed)
        conclude(v);
    __atomic_add_fetch(&judge.findings, v->out->findings, __ATOMIC_RELAXED);
    csan__family_found(v->out->findings);
}

struct errand {
    void (*run)(void *arg);
    void *arg;
};

static void run_errand(void *arg)
{
    const struct errand *e = arg;
    struct rlimit before;
    bool raised = make_room_for_files(&before);
    e->run(e->arg);
    if (raised)
        csan__os_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&before, 0, 0, 0);
}

#define TURN_NS 1000000u

/* Whoever has the turn may stop the world: a thread that waits for its own turn is part of that,
 * and would be waited for. */
static void take_turn(void)
{
    struct thread *self = csan__thread_self;
    while (!csan__lock_take_for(&judge.lock, TURN_NS)) {
        if (!self || !__atomic_load_n(&csan__stop_wanted, __ATOMIC_ACQUIRE))
            continue;
        uint32_t inside = self->inside;
        csan__stop_stand_still(self);
        self->inside = inside;
    }
}

int csan__judge_borrow(void (*run)(void *arg), void *arg)
{
    struct errand e = {run, arg};
    take_turn();
    csan__watchdog_pause();
    if (!judge.stack)
        judge.stack = csan__os_map(JUDGE_STACK_BYTES);
    bool fits = judge.stack != NULL;
    if (fits)
        csan__os_call_on_stack(judge.stack + JUDGE_STACK_BYTES, run_errand, &e);
    csan__watchdog_go_on();
    csan__lock_give(&judge.lock);
    return fits ? 0 : -ENOMEM;
}

struct range csan__judge_stack(void)
{
    return (struct range){(uintptr_t)judge.stack, (uintptr_t)judge.stack + JUDGE_STACK_BYTES};
}

void csan__judge_failed(int error)
{
    if (error)
        csan__session_give_up(error == -EMFILE || error == -ENFILE
                                  ? "no descriptor was free to read /proc with"
                                  : "no memory for the check (is RLIMIT_AS, `ulimit -v`, too "
                                    "small?)");
}

int csan__session_judge(uint32_t since, const struct full_regs *at, struct outcome *out)
{
    struct verdict v = {.since = since, .at = at, .out = out};
    int failed = csan__judge_borrow(give_verdict, &v);
    failed = failed ? failed : v.failed;
    csan__judge_failed(failed);
    csan__told_call(v.told, out->findings);
    csan__arena_scratch_free(&v.scratch);
    take_turn();
    add_what_was_asked(out);
    csan__lock_give(&judge.lock);
    return failed;
}
