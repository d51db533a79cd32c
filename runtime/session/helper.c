/* The csan command as a child that nobody notices (csan symbolize; csan report): no SIGCHLD, unseen
 * by wait, no descriptor left.
 *
 * Found at start, before the program can change its folder: CSAN_PATH (the command or its folder),
 * beside the library (../bin), on PATH.
 *
 *     program ──clone, no signal──▶ minder ──vfork, exec──▶ csan symbolize
 *
 * The kernel gives every process that execs SIGCHLD as its end's signal: so between the two stands
 * a minder, which shares the program's memory, makes system calls only, and waits for the helper.
 * The helper has an environment of its own; its signals are blocked, it unblocks them itself. */
#include "base/os.h"
#include "base/text.h"
#include "report/symbol.h"
#include "session/private.h"
#include "session/surroundings.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD_STACK_BYTES ((size_t)64 << 10)

static struct {
    char path[4096];
    char debuginfod[1024]; /* "DEBUGINFOD_URLS=…" of the program; "": unset */
    char home[1024];       /* for debuginfod's cache */
    int minder;
    struct child *child;
    char *stacks; /* the minder's and, until its exec, the helper's */
    int to_fd, from_fd;
} helper;

static int start(int *to_fd, int *from_fd);
static void end(void);
static const struct symbol_helper symbol_helper = {.start = start, .end = end};

static const char *variable(char **environment, const char *name)
{
    size_t length = csan__text_length(name);
    for (char **e = environment; e && *e; e++)
        if (strncmp(*e, name, length) == 0 && (*e)[length] == '=')
            return *e + length + 1;
    return NULL;
}

static bool try_path(const char *folder, size_t length, const char *rest)
{
    struct text t = TEXT(helper.path);
    if (length && folder[0] != '/') /* the program may change its folder */
        csan__text_format(&t, "%s/", csan__session_cwd());
    csan__text_mem(&t, folder, length);
    csan__text_str(&t, rest);
    if (!t.cut &&
        csan__os_syscall(SYS_faccessat, AT_FDCWD, (long)helper.path, X_OK, 0, 0, 0) == 0) {
        long fd = csan__os_open(helper.path, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0)
            return true;
        csan__os_close((int)fd);
    }
    helper.path[0] = '\0';
    return false;
}

static bool beside_library(void)
{
    const char *own = csan__surroundings_own_path();
    const char *slash = strrchr(own, '/');
    size_t folder = slash ? (size_t)(slash - own) : 0;
    return slash && (try_path(own, folder, "/../bin/csan") || try_path(own, folder, "/csan") ||
                     try_path(own, folder, "/../../bin/csan"));
}

static bool on_search_path(const char *list)
{
    for (const char *at = list; at && *at;) {
        const char *colon = strchr(at, ':');
        size_t length = colon ? (size_t)(colon - at) : csan__text_length(at);
        if (length && try_path(at, length, "/csan"))
            return true;
        at = colon ? colon + 1 : NULL;
    }
    return false;
}

static void keep(char *to, size_t cap, const char *name, const char *value)
{
    struct text t = {.buf = to, .cap = cap};
    if (value && *value)
        csan__text_format(&t, "%s=%s", name, value);
}

void csan__helper_find(char **environment)
{
    if (csan__os_in_valgrind())
        return; /* it knows no such child */
    const char *given = variable(environment, "CSAN_PATH");
    size_t length = given ? csan__text_length(given) : 0;
    keep(helper.debuginfod, sizeof helper.debuginfod, "DEBUGINFOD_URLS",
         variable(environment, "DEBUGINFOD_URLS"));
    keep(helper.home, sizeof helper.home, "HOME", variable(environment, "HOME"));
    if ((given && (try_path(given, length, "/csan") || try_path(given, length, "/bin/csan") ||
                   try_path(given, length, ""))) ||
        beside_library() || on_search_path(variable(environment, "PATH")) ||
        on_search_path("/usr/local/bin:/usr/bin"))
        csan__symbol_use_helper(&symbol_helper);
}

/* On top of the mapping that holds both stacks; the minder's memory. */
struct child {
    const char *const *argv;
    int in, out;
    char *helper_stack;
    long helper_pid; /* 0: not started yet */
};

/* Runs in the helper to be, in the program's memory: system calls only. */
static int become_helper(void *arg)
{
    const struct child *c = arg;
    const char *envp[] = {"LC_ALL=C", helper.home[0] ? helper.home : "HOME=/",
                          helper.debuginfod[0] ? helper.debuginfod : NULL, NULL};
    long in = csan__os_syscall(SYS_fcntl, c->in, F_DUPFD, 3, 0, 0, 0); /* the pipes may be 0, 1 */
    long out = csan__os_syscall(SYS_fcntl, c->out, F_DUPFD, 3, 0, 0, 0);
    csan__os_syscall(SYS_dup3, in, 0, 0, 0, 0, 0);
    csan__os_syscall(SYS_dup3, out, 1, 0, 0, 0, 0);
    csan__os_syscall(SYS_close_range, 3, ~0U, 0, 0, 0, 0);
    csan__os_syscall(SYS_execve, (long)helper.path, (long)c->argv, (long)envp, 0, 0, 0);
    csan__os_syscall(SYS_exit, 127, 0, 0, 0, 0, 0);
    return 127;
}

static int mind_helper(void *arg)
{
    struct child *c = arg;
    long pid = csan__os_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, c->helper_stack, become_helper, c);
    __atomic_store_n(&c->helper_pid, pid, __ATOMIC_RELEASE);
    csan__os_syscall(SYS_close_range, 0, ~0U, 0, 0, 0, 0);
    while (pid > 0 && csan__os_syscall(SYS_wait4, pid, 0, __WALL, 0, 0, 0) == -EINTR)
        ;
    csan__os_exit(0);
}

static void close_pair(const int fds[2])
{
    csan__os_close(fds[0]);
    csan__os_close(fds[1]);
}

static long spawn(const char *const *argv, int in, int out)
{
    char *stacks = csan__os_map(2 * CHILD_STACK_BYTES);
    if (!stacks)
        return -ENOMEM;
    struct child *c = (struct child *)(stacks + 2 * CHILD_STACK_BYTES) - 1;
    *c = (struct child){
        .argv = argv, .in = in, .out = out, .helper_stack = stacks + CHILD_STACK_BYTES};
    uint64_t all = ~(uint64_t)0, before;
    csan__os_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&before, 8, 0, 0);
    long pid = csan__os_clone(CLONE_VM, c, mind_helper, c);
    csan__os_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, 8, 0, 0);
    helper.child = c;
    helper.stacks = stacks;
    if (pid < 0)
        csan__os_unmap(stacks, 2 * CHILD_STACK_BYTES);
    return pid;
}

static int start_with(const char *const *argv, int *to_fd, int *from_fd)
{
    int to[2], from[2];
    if (csan__os_syscall(SYS_pipe2, (long)to, O_CLOEXEC, 0, 0, 0, 0) < 0)
        return -EMFILE;
    if (csan__os_syscall(SYS_pipe2, (long)from, O_CLOEXEC, 0, 0, 0, 0) < 0) {
        close_pair(to);
        return -EMFILE;
    }
    long pid = spawn(argv, to[0], from[1]);
    csan__os_close(to[0]);
    csan__os_close(from[1]);
    if (pid < 0) {
        csan__os_close(to[1]);
        csan__os_close(from[0]);
        return (int)pid;
    }
    helper.minder = (int)pid;
    *to_fd = helper.to_fd = to[1];
    *from_fd = helper.from_fd = from[0];
    return 0;
}

static int start(int *to_fd, int *from_fd)
{
    static const char *const argv[] = {"csan", "symbolize", NULL};
    return start_with(argv, to_fd, from_fd);
}

static bool minder_has_ended(int options)
{
    long r = csan__os_syscall(SYS_wait4, helper.minder, 0, options | __WALL, 0, 0, 0);
    return r != 0 && r != -EINTR;
}

/* With both pipes closed it has nothing left to do; if it hangs all the same, it is killed. */
static void end(void)
{
    csan__os_close(helper.to_fd);
    csan__os_close(helper.from_fd);
    bool ended = false;
    for (int spent_ms = 0; spent_ms < 2000 && !(ended = minder_has_ended(WNOHANG)); spent_ms += 1) {
        uint32_t never = 0;
        csan__os_futex_wait(&never, 0, 1000000u);
    }
    long pid = __atomic_load_n(&helper.child->helper_pid, __ATOMIC_ACQUIRE);
    if (!ended && pid > 0)
        csan__os_syscall(SYS_kill, pid, SIGKILL, 0, 0, 0, 0);
    while (!ended)
        ended = minder_has_ended(0);
    csan__os_unmap(helper.stacks, 2 * CHILD_STACK_BYTES);
}

#define RUN_PATIENCE_S 60

int csan__helper_run(const char *const *argv, char *said, size_t room)
{
    int to, from;
    size_t have = 0;
    said[0] = '\0';
    if (!helper.path[0])
        return -ENOENT;
    int error = start_with(argv, &to, &from);
    if (error)
        return error;
    for (long got = 1; got > 0 && have + 1 < room;) {
        struct pollfd fd = {.fd = from, .events = POLLIN};
        struct timespec patience = {.tv_sec = RUN_PATIENCE_S};
        long ready = csan__os_syscall(SYS_ppoll, (long)&fd, 1, (long)&patience, 0, 8, 0);
        if (ready == -EINTR)
            continue;
        got = ready > 0 ? csan__os_read(from, said + have, room - 1 - have) : 0;
        have += got > 0 ? (size_t)got : 0;
    }
    said[have] = '\0';
    end();
    return 0;
}
