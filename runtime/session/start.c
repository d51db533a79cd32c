/* Before main: options, tables, hand-shake; and the first hook of all, long before that. */
#include "base/handshake.h"
#include "base/lock.h"
#include "base/options.h"
#include "base/os.h"
#include "base/text.h"
#include "detect/detector.h"
#include "detect/share.h"
#include "record/block.h"
#include "record/module.h"
#include "record/stack.h"
#include "record/tally.h"
#include "report/baseline.h"
#include "report/report.h"
#include "session/trap.h"
#include "session/private.h"
#include "session/surroundings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PRESET_DEPTH 64

/* What csan_start.o refers to, so that the library is never dropped. */
CSAN_API const char csan_runtime_present[] = "csan " CSAN_VERSION;

extern const char *csan_default_options(void) __attribute__((weak));
extern const char *csan_default_suppressions(void) __attribute__((weak));

static struct {
    struct lock lock;
    uint32_t early; /* 0 not yet, 1 done, 2 failed */
    bool armed;
    int pid;
    uint32_t first_epoch;
    struct handshake *handshake;
    char program[256];
    char cwd[4096];
} session = {.lock = LOCK_INIT(LOCK_SESSION)};

bool csan__session_is_armed(void)
{
    return session.armed;
}

const char *csan__session_program(void)
{
    return session.program;
}

const char *csan__session_cwd(void)
{
    return session.cwd;
}

int csan__session_pid(void)
{
    return session.pid;
}

uint32_t csan__session_first_epoch(void)
{
    return session.first_epoch;
}

struct handshake *csan__session_handshake(void)
{
    struct handshake *h = session.handshake;
    return h && h->pid == session.pid ? h : NULL;
}

int csan__session_early(void)
{
    uint32_t early = __atomic_load_n(&session.early, __ATOMIC_ACQUIRE);
    if (CSAN_LIKELY(early == 1))
        return 0;
    if (early == 2)
        return -ENOMEM;
    csan__lock_take(&session.lock);
    if (session.early == 0) {
        session.pid = csan__os_pid();
        csan__surroundings_early();
        bool fits = csan__block_init() == 0 && csan__stack_init(PRESET_DEPTH) == 0;
        __atomic_store_n(&session.early, fits ? 1 : 2, __ATOMIC_RELEASE);
    }
    csan__lock_give(&session.lock);
    return session.early == 1 ? 0 : -ENOMEM;
}

void csan__session_new_process(void)
{
    session.pid = csan__os_pid();
    session.first_epoch = csan__block_new_epoch();
    if (csan__tally_on)
        csan__tally_mark(session.first_epoch);
    csan__judge_forked();
}

static _Noreturn CSAN_COLD void refuse(const char *why)
{
    char buf[2048];
    struct text t = TEXT(buf);
    csan__text_format(&t, "csan: %s\n", why);
    csan__os_write_all(2, buf, t.len);
    csan__os_exit(87);
}

static void shake_hands(char **environment)
{
    const char *path = NULL;
    for (char **e = environment; e && *e; e++)
        if (strncmp(*e, HANDSHAKE_VARIABLE "=", sizeof HANDSHAKE_VARIABLE) == 0)
            path = *e + sizeof HANDSHAKE_VARIABLE;
    if (!path)
        return;
    long fd = csan__os_open(path, O_RDWR, 0);
    if (fd < 0)
        return; /* the runner sees that nobody came, and says so */
    long page =
        csan__os_syscall(SYS_mmap, 0, (long)CSAN_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    csan__os_close((int)fd);
    struct handshake *h = (struct handshake *)page;
    if ((unsigned long)page > -4096UL || h->magic != HANDSHAKE_MAGIC)
        return;
    session.handshake = h;
    if (h->pid == session.pid && h->state == HANDSHAKE_EXEC)
        csan__judge_inherit(h->findings);
    if (h->pid == session.pid)
        __atomic_store_n(&h->state, HANDSHAKE_ARMED, __ATOMIC_RELEASE);
}

static void learn_names(char **argv)
{
    const char *path = argv && argv[0] ? argv[0] : "program";
    const char *slash = strrchr(path, '/');
    struct text t = TEXT(session.program);
    csan__text_str(&t, slash && slash[1] ? slash + 1 : path);
    long n = csan__os_syscall(SYS_getcwd, (long)session.cwd, sizeof session.cwd, 0, 0, 0, 0);
    if (n <= 0)
        session.cwd[0] = '\0';
}

static void print_line(const char *line, void *arg)
{
    (void)arg;
    char buf[512];
    struct text t = TEXT(buf);
    csan__text_format(&t, "%s\n", line);
    csan__os_write_all(2, buf, t.len);
}

static void read_options(char **environment)
{
    char buf[1536];
    struct text why = TEXT(buf);
    if (csan__options_read(environment, csan_default_options ? csan_default_options() : NULL,
                           &why) != 0)
        refuse(buf);
    const char *accepted = csan_default_suppressions ? csan_default_suppressions() : NULL;
    if (csan__suppress_load(csan__options.suppressions, accepted, &why) != 0)
        refuse(buf);
    if (csan__baseline_load(csan__options.baseline, session.program, &why) != 0)
        refuse(buf);
    if (csan__out_start(&why) != 0)
        refuse(buf);
    csan__stack_init((uint32_t)csan__options.stack_depth);
    csan__stack_walk_fully(csan__options.stack_walk == STACK_WALK_FULL);
    if (csan__options.help)
        csan__options_help(80, print_line, NULL);
}

static void at_exit(int status, void *arg)
{
    (void)arg;
    csan__session_exit_handler(status);
}

static void at_quick_exit_last(void)
{
    csan__session_quick_exit_handler();
}

static void listen_to_locks(void)
{
    csan__sync_listen(csan__tally_sync, SYNC_HEARS(WAIT_ENDED));
    for (size_t i = 0; i < DETECTORS; i++)
        if (csan__detectors[i]->sync)
            csan__sync_listen(csan__detectors[i]->sync, csan__detectors[i]->hears);
    csan__share_choose(csan__options.share);
    csan__trap_start();
    if (csan__options.max_hold != OPTION_OFF)
        csan__sync_want_hold(true);
}

/* Registered before anything of the program's: exit runs its handlers, and the destructors of all
 * libraries, before these. */
static void register_endings(void)
{
    if (on_exit(at_exit, NULL) != 0 || at_quick_exit(at_quick_exit_last) != 0)
        refuse(CSAN_NO_ROOM);
    csan__session_atfork_register();
}

__attribute__((constructor(102))) static void start(int argc, char **argv, char **environment)
{
    (void)argc;
    if (session.armed)
        return;
    if (csan__session_early() != 0)
        refuse(CSAN_NO_ROOM);
    struct thread *self = csan__thread_get();
    if (!self)
        refuse(CSAN_NO_ROOM);
    self->inside++;
    csan__surroundings_started();
    csan__log_start();
    learn_names(argv);
    read_options(environment ? environment : environ);
    self->inside--;
    const char *why = csan__surroundings_in_the_way();
    self->inside++;
    if (why)
        refuse(why);
    csan__helper_find(environment ? environment : environ);
    csan__module_refresh();
    listen_to_locks();
    csan__profile_start();
    register_endings();
    session.first_epoch = csan__block_new_epoch(); /* what libc took for itself is not judged */
    if (csan__surroundings_refer_to("csan_api_stats"))
        csan__tally_mark(session.first_epoch);
    session.armed = true;
    shake_hands(environment ? environment : environ);
    csan__watchdog_need_of_test();
    self->inside--;
}
