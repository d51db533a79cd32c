/* All threads, grouped by stack, printed while the program goes on: what each waits for, who holds
 * it, how long. Asked for by a signal (dump_signal.c). */
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/picture.h"
#include "record/module.h"
#include "record/world.h"
#include "report/report.h"
#include "session/private.h"

static const char no_dump[] = "csan: could not stop the threads for a dump\n";

struct dump {
    const struct full_regs *at;
    struct arena scratch;
    struct findings groups;
    uint32_t threads;
};

/* It may be so young that it does not know itself. */
static void leave_out_watchdog(struct world *w)
{
    uint32_t kept = 1; /* the judge */
    for (uint32_t i = 1; i < w->nthreads; i++)
        if (!csan__watchdog_is_at(w->threads[i].sp))
            w->threads[kept++] = w->threads[i];
    w->nthreads = kept;
}

static int take_picture(struct dump *d)
{
    struct world world;
    csan__module_refresh();
    int failed = csan__stop_world(d->at, &d->scratch, &world);
    if (failed)
        return failed;
    leave_out_watchdog(&world);
    failed = csan__picture_take(&world, &d->groups, &d->threads);
    csan__start_world();
    return failed;
}

static void print_line(int fd, const char *before, const struct dump *d, const char *after)
{
    char buf[512];
    struct text t = TEXT(buf);
    csan__text_str(&t, before);
    if (d)
        csan__text_count(&t, d->threads, "thread");
    csan__text_format(&t, " of %s (process %d)%s\n", csan__session_program(), csan__os_pid(),
                      after);
    csan__os_write_all(fd, buf, t.len);
}

static void print(struct dump *d)
{
    struct report r = {.program = csan__session_program(), .scratch = &d->scratch};
    struct text_style style = {.cwd = csan__session_cwd()};
    int fd = csan__log_fd();
    if (fd < 0)
        return;
    style.color = csan__log_color(fd);
    r.count = d->groups.count;
    r.shown = csan__judge_resolve(&d->groups, &r);
    print_line(fd, "csan: ", d, ", by stack:");
    if (r.shown)
        csan__report_threads(&r, &style, fd);
    print_line(fd, "csan: end of the threads", NULL, "");
    csan__log_done();
}

static void dump(void *arg)
{
    struct dump *d = arg;
    csan__findings_init(&d->groups, &d->scratch);
    if (take_picture(d) == 0)
        print(d);
    else
        csan__log_line(no_dump, sizeof no_dump - 1);
    csan__arena_scratch_free(&d->scratch);
}

void csan__session_dump(const struct full_regs *at)
{
    struct dump d = {.at = at};
    csan__judge_borrow(dump, &d);
}
