/* Every call that blocks, once: a thread goes to sleep in it, its record says so by the name of the
 * call, and it leaves it as it would without csan: cancelled, where libc has a cancellation point,
 * or released, with the value that belongs to it. Linked with all of csan's objects, so that what
 * is recorded can be looked at; with -DPLAIN without csan: then the table itself is on trial. */
#ifndef PLAIN
#include "record/sync.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);
int __poll_chk(struct pollfd *, nfds_t, int, size_t);
int __ppoll_chk(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s: %s:%d: not so: %s (errno %d)\n", row_name, __FILE__, __LINE__,    \
                    #condition, errno);                                                            \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static const char *row_name = "start";

/* What the calls block at. */
static int pipe_fd[2], full_pipe[2], pair[2], full_pair[2], listener, backlog, epoll_fd, lock_fd;
static int message_queue, full_message_queue, semaphores, file_fd;
static mqd_t posix_queue, full_posix_queue;
static struct sockaddr_un backlog_name;
static socklen_t backlog_length = sizeof backlog_name;
static pid_t child;
static sigset_t usr1;
static sem_t sem;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t free_mutex = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static once_flag c11_once = ONCE_FLAG_INIT;
static mtx_t mtx;
static cnd_t cnd;
static pthread_t sleeper;
static uint32_t word;
static sem_t in_once, out_of_once;
static char bytes[1 << 16];
static struct iovec vec = {bytes, 1};
static struct msghdr header = {.msg_iov = &vec, .msg_iovlen = 1};
static struct mmsghdr headers = {.msg_hdr = {.msg_iov = &vec, .msg_iovlen = 1}};

static void must_hold_nothing(void);
static void must_hold_one(void);
static int backlogged(void);

static void unlock_mutex(void)
{
    MUST(pthread_mutex_unlock(&mutex) == 0);
}

static void unlock_rwlock(void)
{
    MUST(pthread_rwlock_unlock(&rwlock) == 0);
}

/* A condition's cancelled wait has taken the mutex again: an unlock by anybody else fails. */
static void unlock_checked(void *unused)
{
    (void)unused;
    MUST(pthread_mutex_unlock(&free_mutex) == 0);
    must_hold_nothing();
}

static int wait_with(int how)
{
    struct timespec later = {.tv_sec = 4000000000};
    volatile int result = -1;
    MUST(pthread_mutex_lock(&free_mutex) == 0);
    pthread_cleanup_push(unlock_checked, NULL);
    switch (how) {
    case 0:
        result = pthread_cond_wait(&cond, &free_mutex);
        break;
    case 1:
        result = pthread_cond_timedwait(&cond, &free_mutex, &later);
        break;
    case 2:
        result = pthread_cond_clockwait(&cond, &free_mutex, CLOCK_MONOTONIC, &later);
        break;
    case 3:
        result = cnd_wait(&cnd, (mtx_t *)&free_mutex);
        break;
    case 4:
        result = cnd_timedwait(&cnd, (mtx_t *)&free_mutex, &later);
        break;
    }
    must_hold_one();
    pthread_cleanup_pop(1);
    return result;
}

static void wake(void)
{
    pthread_mutex_lock(&free_mutex);
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&free_mutex);
}

static void do_nothing(void)
{
    abort(); /* another thread's routine runs, and this one only waits for it */
}

static void sit_in_once(void)
{
    sem_post(&in_once);
    while (sem_wait(&out_of_once) != 0)
        continue;
}

static void *run_once(void *unused)
{
    pthread_once(&once, sit_in_once);
    call_once(&c11_once, sit_in_once);
    return unused;
}

#define HOUR                                                                                       \
    (struct timespec)                                                                              \
    {                                                                                              \
        .tv_sec = 3600                                                                             \
    }

struct row {
    const char *name; /* as recorded */
    int (*call)(void);
    void (*release)(void); /* NULL: it is cancelled */
    int expected;
};

#define CANCELLED(label, name, expression)                                                         \
    static int block_##label(void)                                                                 \
    {                                                                                              \
        return (int)(expression);                                                                  \
    }
#define RELEASED(label, name, expression, free, value)                                             \
    CANCELLED(label, name, expression)                                                             \
    static void free_##label(void)                                                                 \
    {                                                                                              \
        free;                                                                                      \
    }
#include "rows.inc"
#undef CANCELLED
#undef RELEASED

static const struct row rows[] = {
#define CANCELLED(label, name, expression) {name, block_##label, NULL, 0},
#define RELEASED(label, name, expression, free, value) {name, block_##label, free_##label, value},
#include "rows.inc"
};

static struct run {
    const struct row *row;
    int tid, result;
    bool cleaned_up, has_returned;
} now;

static void clean_up(void *run)
{
    ((struct run *)run)->cleaned_up = true;
}

static void *sleep_in_row(void *arg)
{
    struct run *run = arg;
    pthread_cleanup_push(clean_up, run);
    errno = 77;
    __atomic_store_n(&run->tid, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
    run->result = run->row->call();
    run->has_returned = true;
    pthread_cleanup_pop(0);
    return NULL;
}

static char state_of(int tid)
{
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    char *end = n ? strrchr(text, ')') : NULL;
    return end ? end[2] : '?';
}

#ifdef PLAIN
static bool is_recorded(int tid, const char *name)
{
    (void)tid;
    (void)name;
    return true;
}

static void must_be_awake(int tid)
{
    (void)tid;
}

static void must_hold_nothing(void)
{
}

static void must_hold_one(void)
{
}
#else
static bool snapshot(int tid, struct sync *out)
{
    static __thread struct held room[16];
    for (struct thread *t = csan__thread_first(); t; t = t->next)
        if (t->tid == tid)
            return csan__sync_snapshot(t, out, room, 16);
    return false;
}

static bool is_recorded(int tid, const char *name)
{
    struct sync s;
    if (!snapshot(tid, &s) || s.wait.kind == SYNC_NONE)
        return false;
    MUST(strcmp(s.wait.call, name) == 0);
    MUST(s.wait.stack != 0 && s.wait.since_ns != 0);
    return true;
}

static void must_be_awake(int tid)
{
    struct sync s;
    MUST(!snapshot(tid, &s) || s.wait.kind == SYNC_NONE);
}

static void must_hold_nothing(void)
{
    struct sync s;
    MUST(snapshot((int)syscall(SYS_gettid), &s) && s.nheld == 0 && s.wait.kind == SYNC_NONE);
}

static void must_hold_one(void)
{
    struct sync s;
    MUST(snapshot((int)syscall(SYS_gettid), &s) && s.nheld == 1 && s.wait.kind == SYNC_NONE);
    MUST(s.held[0].object == (uintptr_t)&free_mutex);
}
#endif

static void wait_until_asleep(int *tid, const char *name, bool spins)
{
    while (!__atomic_load_n(tid, __ATOMIC_ACQUIRE))
        sched_yield();
    for (uint64_t turns = 0; !is_recorded(*tid, name) || (!spins && state_of(*tid) != 'S');
         turns++) {
        MUST(turns < 300000);
        sched_yield();
    }
}

/* What rows have released; those of earlier ones are held still. */
static void take_all(void)
{
    pthread_mutex_trylock(&mutex);
    pthread_rwlock_trywrlock(&rwlock);
    pthread_spin_trylock(&spin);
    mtx_trylock(&mtx);
}

static void play(const struct row *row)
{
    pthread_t id;
    void *result;
    row_name = row->name;
    now = (struct run){.row = row};
    take_all();
    MUST(pthread_create(&id, NULL, sleep_in_row, &now) == 0);
    wait_until_asleep(&now.tid, row->name, strstr(row->name, "spin"));
    MUST(!now.has_returned);
    if (row->release)
        row->release();
    else
        pthread_cancel(id);
    MUST(pthread_join(id, &result) == 0);
    must_be_awake(now.tid);
    if (row->release) {
        MUST(now.has_returned && now.result == row->expected);
    } else {
        MUST(result == PTHREAD_CANCELED && now.cleaned_up && !now.has_returned);
    }
}

static void fill(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, bytes, sizeof bytes) > 0 || write(fd, bytes, 1) > 0)
        continue;
    fcntl(fd, F_SETFL, 0);
}

static int backlogged(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&backlog_name, backlog_length);
}

static void make_sockets(void)
{
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, full_pair) == 0);
    fill(full_pair[1]);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    MUST(bind(listener, (struct sockaddr *)&name, sizeof(sa_family_t)) == 0);
    MUST(listen(listener, 1) == 0);
    backlog = socket(AF_UNIX, SOCK_STREAM, 0);
    MUST(bind(backlog, (struct sockaddr *)&name, sizeof(sa_family_t)) == 0);
    MUST(getsockname(backlog, (struct sockaddr *)&backlog_name, &backlog_length) == 0);
    MUST(listen(backlog, 0) == 0);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0); /* the one that has room */
    MUST(connect(fd, (struct sockaddr *)&backlog_name, backlog_length) == 0);
}

static void make_queues(void)
{
    struct message {
        long type;
        char text[1024];
    } m = {.type = 1};
    message_queue = msgget(IPC_PRIVATE, 0600);
    full_message_queue = msgget(IPC_PRIVATE, 0600);
    while (msgsnd(full_message_queue, &m, sizeof m.text, IPC_NOWAIT) == 0)
        continue;
    semaphores = semget(IPC_PRIVATE, 1, 0600);
    struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 8};
    char name[64];
    snprintf(name, sizeof name, "/csan-rows-%d", (int)getpid());
    posix_queue = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);
    mq_unlink(name);
    full_posix_queue = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);
    mq_unlink(name);
    MUST(posix_queue >= 0 && full_posix_queue >= 0);
    MUST(mq_send(full_posix_queue, "x", 1, 0) == 0);
}

/* The locks of other processes and open files that this one is to wait for. */
static void make_file(void)
{
    char name[] = "/tmp/csan-rows-XXXXXX", path[64];
    int ready[2];
    char byte;
    file_fd = mkstemp(name);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file_fd);
    lock_fd = open(path, O_RDWR);
    unlink(name);
    MUST(flock(lock_fd, LOCK_EX) == 0 && pipe(ready) == 0);
    child = fork();
    if (child == 0) {
        struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int status = fcntl(file_fd, F_SETLK, &all);
        if (write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            syscall(SYS_pause);
        _exit(status);
    }
    MUST(read(ready[0], &byte, 1) == 1);
}

static void *sleep_for_ever(void *unused)
{
    for (;;)
        syscall(SYS_pause);
    return unused;
}

static void make_all(void)
{
    MUST(pipe(pipe_fd) == 0 && pipe(full_pipe) == 0);
    fill(full_pipe[1]);
    epoll_fd = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN};
    MUST(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, pipe_fd[0], &e) == 0);
    make_sockets();
    make_queues();
    make_file();
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    sem_init(&sem, 0, 0);
    sem_init(&in_once, 0, 0);
    sem_init(&out_of_once, 0, 0);
    pthread_spin_init(&spin, 0);
    pthread_barrier_init(&barrier, NULL, 2);
    mtx_init(&mtx, mtx_timed);
    cnd_init(&cnd);
    pthread_t runner;
    MUST(pthread_create(&sleeper, NULL, sleep_for_ever, NULL) == 0);
    MUST(pthread_create(&runner, NULL, run_once, NULL) == 0);
    while (sem_wait(&in_once) != 0)
        continue;
}

int main(void)
{
    make_all();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        play(&rows[i]);
    kill(child, SIGKILL);
    msgctl(message_queue, IPC_RMID, NULL);
    msgctl(full_message_queue, IPC_RMID, NULL);
    semctl(semaphores, 0, IPC_RMID);
    printf("rows: %zu\n", sizeof rows / sizeof rows[0]);
    fflush(NULL);
    syscall(SYS_exit_group, 0); /* what is recorded is on trial here, not what is found */
}
