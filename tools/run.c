/* csan run: a program under csan's library, and the proof that it was.
 *
 *   find, judge ──▶ environment ──▶ fork ──▶ exec ──▶ the program, in the same process group
 *                        │            └─ wait, pass signals on ──▶ judge the hand-shake ──▶ its end
 *                        └─ LD_PRELOAD, CSAN_*, the page's name
 *
 * The program inherits everything as it is: descriptors, terminal, signal dispositions and mask,
 * limits. The runner ends as the program did. */
#include "tools/arguments.h"
#include "tools/library.h"
#include "tools/program.h"
#include "tools/shake.h"
#include "tools/verb.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Passed on to the program. What a terminal sends reaches it by itself. */
static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

/* What the program inherits of signals: as they were before the runner changed any. */
struct signals {
    struct sigaction passed_on[CSAN_COUNT(passed_on)];
    struct sigaction child;
    sigset_t mask;
};

static volatile pid_t watched; /* 0: not started, or ended */

static void pass_on(int number, siginfo_t *info, void *context)
{
    (void)context;
    int error = errno;
    if (info->si_code <= 0 && watched != 0) { /* from a process, not from the terminal */
        kill(watched, number);
    }
    errno = error;
}

/* All signals are held back until the child is known; ignored ones stay ignored. SIGCHLD may not
 * be ignored, or the child's status would be lost. */
static void take_signals(struct signals *before)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before->mask);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, &before->child);
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (size_t i = 0; i < CSAN_COUNT(passed_on); i++) {
        sigaction(passed_on[i], NULL, &before->passed_on[i]);
        if (before->passed_on[i].sa_handler != SIG_IGN) {
            sigaction(passed_on[i], &action, NULL);
        }
    }
}

static void give_signals_back(const struct signals *before)
{
    for (size_t i = 0; i < CSAN_COUNT(passed_on); i++) {
        sigaction(passed_on[i], &before->passed_on[i], NULL);
    }
    sigaction(SIGCHLD, &before->child, NULL);
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

static bool is_preloaded(const char *list, const char *library)
{
    size_t length = strlen(library);
    for (const char *at = list; *at != '\0'; at += strcspn(at, " :"), at += strspn(at, " :")) {
        if (strncmp(at, library, length) == 0 && strchr(" :", at[length]) != NULL) {
            return true;
        }
    }
    return false;
}

/* In front of what is preloaded already, which stays. */
static bool preload(const char *library)
{
    const char *before = getenv("LD_PRELOAD");
    if (before == NULL || before[0] == '\0') {
        return setenv("LD_PRELOAD", library, 1) == 0;
    }
    if (is_preloaded(before, library)) {
        return true;
    }
    char *list = NULL;
    bool good = asprintf(&list, "%s:%s", library, before) > 0 && setenv("LD_PRELOAD", list, 1) == 0;
    free(list);
    return good;
}

/* In the child. Text without `#!` is the shell's to read, as execvp has it. */
static _Noreturn void become(const struct program *p, char **argv, int argc, struct run_page *page)
{
    page->shake.pid = getpid();
    execve(p->path, argv, environ);
    if (errno == ENOEXEC && p->by_shell) {
        char **shell = calloc((size_t)argc + 2, sizeof *shell);
        if (shell != NULL) {
            shell[0] = argv[0];
            shell[1] = (char *)(uintptr_t)p->path;
            memcpy(shell + 2, argv + 1, (size_t)argc * sizeof *shell); /* and its NULL */
            execve(p->image, shell, environ);
        }
    }
    page->exec_error = errno;
    _exit(127);
}

/* Not reaped before nothing can be passed on to it any more: its number may then be another's. */
static int wait_for(pid_t pid)
{
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    watched = 0;
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

static int start_and_wait(const struct program *p, char **argv, int argc, const struct shake *shake,
                          int *status)
{
    struct signals before;
    take_signals(&before);
    pid_t pid = fork();
    if (pid == 0) {
        give_signals_back(&before);
        become(p, argv, argc, shake->page);
    }
    int error = errno;
    watched = pid > 0 ? pid : 0;
    sigprocmask(SIG_SETMASK, &before.mask, NULL);
    if (pid < 0) {
        return csan__say_dark("cannot start %s: %s", argv[0], strerror(error));
    }
    *status = wait_for(pid);
    if (shake->page->exec_error != 0) {
        return csan__say_dark("cannot run %s: %s", p->path, strerror(shake->page->exec_error));
    }
    return 0;
}

/* The same end, so that whoever waits for the runner sees what it would have seen of the program.
 * No core of the runner's own, which would replace the program's. */
static int end_like(int status)
{
    if (!WIFSIGNALED(status)) {
        return WEXITSTATUS(status);
    }
    int number = WTERMSIG(status);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    signal(number, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
    return 128 + number; /* as a shell would say it: the signal did not end us */
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The program's own failure stays; success that was not checked is none. */
static int judge(const struct shake *shake, const char *name, int status)
{
    char buffer[1024];
    struct text why = TEXT(buffer);
    bool is_dark = WIFEXITED(status) && WEXITSTATUS(status) == VERB_DARK;
    if (is_dark || csan__shake_is_good(shake, base_name(name), status, &why)) {
        return end_like(status);
    }
    csan__say("%s", why.buf);
    bool never_up = shake->page->shake.state == HANDSHAKE_NONE;
    bool is_green = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || never_up);
    return is_green ? VERB_DARK : end_like(status);
}

int csan__run_verb(int argc, char **argv)
{
    int first = argc, status = 0;
    int dark = csan__arguments_take(argc, argv, &first);
    if (dark != 0) {
        return dark;
    }
    if (first >= argc) {
        return csan__say_dark("which program? csan [--OPTION=VALUE ...] ./program [argument ...]");
    }
    char library[PATH_MAX], buffer[2 * PATH_MAX];
    struct text why = TEXT(buffer);
    struct program program;
    struct shake shake = {0};
    if (csan__program_find(argv[first], &program, &why) != 0 ||
        !csan__program_can_be_watched(&program, &why) || csan__library_find(library, &why) != 0 ||
        csan__shake_make(&shake, &why) != 0) {
        return csan__say_dark("%s", why.buf);
    }
    /* A second copy beside libcsan.a inside the program would see none of its calls. */
    if ((program.facts.inside & INSIDE_CSAN) == 0 && !preload(library)) {
        return csan__say_dark("out of memory");
    }
    dark = start_and_wait(&program, argv + first, argc - first, &shake, &status);
    return dark != 0 ? dark : judge(&shake, argv[first], status);
}
