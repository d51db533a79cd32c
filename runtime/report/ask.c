#include "report/ask.h"
#include "base/os.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define PATIENCE_MS_DEFAULT 10000
#define READ_BYTES ((size_t)64 << 10)

/* ------------------------------------------------------------------ the request */

/* A path that would break the protocol's lines belongs to no file that the helper could open. */
static bool can_be_asked(const struct module *m)
{
    if (!m || m->path[0] != '/')
        return false;
    for (const char *c = m->path; *c; c++)
        if ((unsigned char)*c < ' ')
            return false;
    return true;
}

static void add_module(struct text *t, uint32_t id, const struct module *m)
{
    csan__text_format(t, "M %u %lx %lx %lx ", id, m->bias, m->lo, m->hi);
    for (uint32_t i = 0; i < m->build_id_bytes && i < sizeof m->build_id; i++) {
        csan__text_hex(t, m->build_id[i] >> 4);
        csan__text_hex(t, m->build_id[i] & 15);
    }
    csan__text_format(t, "%s %s\n", m->build_id_bytes ? "" : "-", m->path);
}

/* Questions are sorted by module. */
static bool build_request(struct arena *scratch, struct question *questions, size_t n,
                          struct text *out)
{
    const struct module *last = NULL;
    size_t bytes = 8;
    for (size_t i = 0; i < n; i++) {
        const struct module *m = questions[i].module;
        questions[i].ask = can_be_asked(m);
        if (!questions[i].ask)
            continue;
        bytes += 40 + questions[i].nsteps * 20 + (m == last ? 0 : 160 + strlen(m->path));
        last = m;
    }
    char *buf = csan__arena_scratch_alloc(scratch, bytes);
    if (!buf)
        return false;
    *out = (struct text){.buf = buf, .len = 0, .cap = bytes, .cut = false};
    last = NULL;
    uint32_t id = 0;
    for (size_t i = 0; i < n; i++) {
        const struct question *q = &questions[i];
        if (!q->ask)
            continue;
        if (q->module != last)
            add_module(out, ++id, q->module);
        last = q->module;
        uintptr_t bias = q->kind == ASK_THREAD_LOCAL ? 0 : q->module->bias;
        csan__text_format(out, "%c %u %lx", "ADT"[q->kind], id, q -> pc - bias);
        for (uint32_t s = 0; s < q->nsteps; s++)
            csan__text_format(out, " %lx", q->steps[s]);
        csan__text_char(out, '\n');
    }
    csan__text_str(out, ".\n");
    return !out->cut && id > 0;
}

/* ------------------------------------------------------------------ the conversation */

struct talk {
    int to, from;
    const char *left; /* of the request */
    size_t nleft;
    bool broken_pipe;
    char *buf;
    struct answers *answers;
    uint32_t patience_ms;
};

static const char too_quiet[] =
    "symbols are missing: `csan symbolize` made no progress for 10 s and was given up";
static const char ended_early[] =
    "symbols are missing: `csan symbolize` ended before it had answered; run it by hand to see why";
static const char nonsense[] =
    "symbols are missing: `csan symbolize` gave an answer that libcsan.so does not understand; "
    "are both of the same version?";
static const char no_memory[] = "symbols are missing: no memory was left to look them up";
static const char no_command[] = "no symbols: the csan command was not found beside libcsan.so; "
                                 "set CSAN_PATH or install it";
static const char in_valgrind[] = "no symbols: Valgrind lets no helper of csan's start";
static const char not_started[] = "no symbols: the csan command could not be started";

static void set_nonblocking(int fd)
{
    long flags = csan__os_syscall(SYS_fcntl, fd, F_GETFL, 0, 0, 0, 0);
    if (flags >= 0)
        csan__os_syscall(SYS_fcntl, fd, F_SETFL, flags | O_NONBLOCK, 0, 0, 0);
}

static void send_more(struct talk *t)
{
    long sent = csan__os_write(t->to, t->left, t->nleft);
    if (sent >= 0) {
        t->left += sent;
        t->nleft -= (size_t)sent;
    } else if (sent != -EAGAIN && sent != -EINTR) {
        t->broken_pipe |= sent == -EPIPE;
        t->nleft = 0; /* it may still have answered something */
    }
}

/* NULL: go on. */
static const char *receive_more(struct talk *t)
{
    long got = csan__os_read(t->from, t->buf, READ_BYTES);
    if (got == -EAGAIN)
        return NULL;
    if (got <= 0)
        return ended_early;
    int error = csan__answers_read(t->answers, t->buf, (size_t)got);
    if (error)
        return error == -ENOMEM ? no_memory : nonsense;
    return NULL;
}

/* Reads while it writes: either pipe may be full, and the other side waits for the other one. */
static const char *converse(struct talk *t)
{
    while (!csan__answers_complete(t->answers)) {
        struct pollfd fds[2] = {{.fd = t->from, .events = POLLIN},
                                {.fd = t->nleft ? t->to : -1, .events = POLLOUT}};
        struct timespec patience = {.tv_sec = t->patience_ms / 1000,
                                    .tv_nsec = (long)(t->patience_ms % 1000) * 1000000};
        long ready = csan__os_syscall(SYS_ppoll, (long)fds, 2, (long)&patience, 0, 8, 0);
        if (ready == -EINTR)
            continue;
        if (ready <= 0)
            return ready == 0 ? too_quiet : ended_early;
        const char *why = fds[0].revents ? receive_more(t) : NULL;
        if (why)
            return why;
        if (fds[1].revents)
            send_more(t);
    }
    return NULL;
}

/* A helper that dies must not kill the program by SIGPIPE: the signal is held back, and taken away
 * when it is ours. */
static const char *converse_without_sigpipe(struct talk *t)
{
    uint64_t pipe_only = 1ULL << (SIGPIPE - 1), before = 0, pending = 0;
    csan__os_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&pipe_only, (long)&before, 8, 0, 0);
    csan__os_syscall(SYS_rt_sigpending, (long)&pending, 8, 0, 0, 0, 0);
    const char *why = converse(t);
    if (t->broken_pipe && !(pending & pipe_only)) {
        struct timespec at_once = {0, 0};
        csan__os_syscall(SYS_rt_sigtimedwait, (long)&pipe_only, 0, (long)&at_once, 8, 0, 0);
    }
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, 8, 0, 0);
    return why;
}

static bool anything_to_ask(const struct question *questions, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (can_be_asked(questions[i].module))
            return true;
    return false;
}

const char *csan__ask_helper(const struct symbol_helper *helper, struct arena *scratch,
                             struct question *questions, size_t n)
{
    if (!anything_to_ask(questions, n))
        return NULL;
    if (!helper || !helper->start)
        return csan__os_in_valgrind() ? in_valgrind : no_command;
    struct text request;
    struct talk t = {.patience_ms =
                         helper->patience_ms ? helper->patience_ms : PATIENCE_MS_DEFAULT};
    t.answers = csan__arena_scratch_alloc(scratch, sizeof *t.answers);
    t.buf = csan__arena_scratch_alloc(scratch, READ_BYTES);
    if (!t.answers || !t.buf || !build_request(scratch, questions, n, &request))
        return no_memory;
    csan__answers_begin(t.answers, scratch, questions, n);
    t.left = request.buf;
    t.nleft = request.len;
    int error = helper->start(&t.to, &t.from);
    if (error)
        return error == -ENOENT ? no_command : not_started;
    set_nonblocking(t.to);
    set_nonblocking(t.from);
    const char *why = converse_without_sigpipe(&t);
    helper->end();
    return why;
}
