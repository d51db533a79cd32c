/* What a watched program does, one letter at a time: the runner must neither change nor lose it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void note(int number)
{
    caught = number;
}

/* The lines of /proc/self/status about signals, and which descriptors are open. */
static int print_inheritance(void)
{
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "SigBlk", 6) == 0 || strncmp(line, "SigIgn", 6) == 0) {
            fputs(line, stdout);
        }
    }
    fclose(f);
    for (int fd = 0; fd < 1000; fd++) {
        if (lseek(fd, 0, SEEK_CUR) != (off_t)-1 || isatty(fd) || dup2(fd, fd) == fd) {
            printf("fd %d\n", fd);
        }
    }
    return 0;
}

/* Says that it is ready, waits for a signal, says which one came. */
static int wait_for_signal(int number)
{
    sigset_t only, before;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_BLOCK, &only, &before);
    signal(number, note);
    printf("ready %d\n", getppid());
    fflush(stdout);
    sigdelset(&before, number);
    sigsuspend(&before);
    printf("caught %d\n", (int)caught);
    return 5;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    char *const empty[] = {NULL};
    if (strcmp(what, "exit") == 0) {
        return number;
    }
    if (strcmp(what, "raw") == 0) {
        syscall(SYS_exit_group, number);
    }
    if (strcmp(what, "die") == 0) {
        raise(number);
    }
    if (strcmp(what, "inherit") == 0) {
        return print_inheritance();
    }
    if (strcmp(what, "signal") == 0) {
        return wait_for_signal(number);
    }
    if (strcmp(what, "exec") == 0) { /* with no environment at all */
        execve(argv[2], argv + 2, empty);
        return 1;
    }
    if (strcmp(what, "execenv") == 0) {
        execve(argv[2], argv + 2, environ);
        return 1;
    }
    for (int i = 0; i < argc; i++) {
        printf("[%s]", argv[i]);
    }
    printf(" %s\n", getenv("LD_PRELOAD") != NULL ? getenv("LD_PRELOAD") : "-");
    return 0;
}
