/* What does not block leaves errno alone, what fails has libc's: semaphores, conditions, calls of the
 * kernel; a signal ends a sleep with EINTR, and may leave it by siglongjmp. */
// flags: -pthread
#include "case.h"
#include <poll.h>
#include <semaphore.h>
#include <setjmp.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

static const struct timespec past = {.tv_sec = 1}, wrong = {.tv_nsec = -1}, short_while = {0, 1000};
static sigjmp_buf way_out;
static volatile int leaves;

static void on_alarm(int sig)
{
    (void)sig;
    if (leaves)
        siglongjmp(way_out, 1);
}

static void use_semaphore(void)
{
    sem_t s;
    sem_init(&s, 0, 2);
    errno = 77;
    MUST(sem_wait(&s) == 0 && errno == 77);
    MUST(sem_timedwait(&s, &wrong) == -1 && errno == EINVAL);
    errno = 77;
    MUST(sem_timedwait(&s, &past) == 0 && errno == 77);
    MUST(sem_timedwait(&s, &past) == -1 && errno == ETIMEDOUT);
    MUST(sem_clockwait(&s, CLOCK_MONOTONIC, &past) == -1 && errno == ETIMEDOUT);
    MUST(sem_clockwait(&s, CLOCK_PROCESS_CPUTIME_ID, &past) == -1 && errno == EINVAL);
    MUST(sem_trywait(&s) == -1 && errno == EAGAIN);
}

static void use_condition(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t c = PTHREAD_COND_INITIALIZER;
    errno = 77;
    MUST(pthread_mutex_lock(&m) == 0);
    MUST(pthread_cond_timedwait(&c, &m, &past) == ETIMEDOUT);
    MUST(pthread_cond_timedwait(&c, &m, &wrong) == EINVAL);
    MUST(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &past) == ETIMEDOUT);
    MUST(pthread_mutex_unlock(&m) == 0 && errno == 77);
}

static void use_kernel(void)
{
    int fd[2];
    char byte = 'x';
    struct epoll_event e;
    MUST(pipe(fd) == 0);
    errno = 77;
    MUST(write(fd[1], &byte, 1) == 1 && read(fd[0], &byte, 1) == 1 && byte == 'x' && errno == 77);
    MUST(poll(NULL, 0, 0) == 0 && poll(NULL, 0, 1) == 0 && errno == 77);
    MUST(nanosleep(&short_while, NULL) == 0 && usleep(1) == 0 && errno == 77);
    MUST(nanosleep(&wrong, NULL) == -1 && errno == EINVAL);
    MUST(clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong, NULL) == EINVAL);
    MUST(read(-1, &byte, 1) == -1 && errno == EBADF);
    MUST(recv(fd[0], &byte, 1, 0) == -1 && errno == ENOTSOCK);
    MUST(recv(fd[0], &byte, 1, MSG_DONTWAIT) == -1 && errno == ENOTSOCK);
    MUST(accept(fd[0], NULL, NULL) == -1 && errno == ENOTSOCK);
    MUST(epoll_wait(fd[0], &e, 1, 0) == -1 && errno == EINVAL);
    MUST(poll(keep((void *)8), 1, 1) == -1 && errno == EFAULT);
    MUST(flock(-1, LOCK_EX) == -1 && errno == EBADF);
    MUST(fcntl(fd[0], F_GETFL) == O_RDONLY && fcntl(-1, F_SETLKW, NULL) == -1 && errno == EBADF);
    MUST(syscall(SYS_futex, &fd[0], 0, fd[0] + 1, NULL) == -1 && errno == EAGAIN);
    MUST(syscall(-1) == -1 && errno == ENOSYS);
    MUST(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
    leaves = 0;
    ualarm(1000, 1000); /* again and again: one may come before the call */
    MUST(read(fd[0], &byte, 1) == -1 && errno == EINTR);
    MUST(pause() == -1 && errno == EINTR);
    leaves = 1;
    if (!sigsetjmp(way_out, 1)) {
        while (read(fd[0], &byte, 1) != 1)
            continue;
    }
    ualarm(0, 0);
    leaves = 0;
    MUST(write(fd[1], &byte, 1) == 1 && read(fd[0], &byte, 1) == 1);
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_alarm};
    MUST(sigaction(SIGALRM, &a, NULL) == 0);
    use_semaphore();
    use_condition();
    use_kernel();
    return 0;
}
