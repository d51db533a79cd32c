/* launch PROGRAM ARGS…: runs it once and prints what it told on descriptor 3, and besides
 *   total_us       from just before fork to its end
 *   after_main_us  from end_of_main to its end
 *   cpu_us         processor time of it and of what it waited for
 *   max_rss_kib    of the largest of them
 * One program at a time: run.sh takes turns between the tools and takes the medians. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void run(char **argv, int out)
{
    if (dup2(out, 3) != 3)
        _exit(126);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

static double told(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtod(at + strlen(name), NULL) : -1;
}

int main(int argc, char **argv)
{
    int ends[2], how = 0;
    static char text[4096];
    size_t have = 0;
    if (argc < 2 || pipe(ends) != 0)
        return 2;
    double begin = now_us();
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run(argv + 1, ends[1]);
    }
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], text + have, sizeof(text) - 1 - have)) > 0;)
        have += (size_t)n;
    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        ;
    double end = now_us();
    fputs(text, stdout);
    printf("total_us %.1f\n", end - begin);
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    printf("cpu_us %.0f\n", (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
                                (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec));
    double end_of_main = told(text, "end_of_main ");
    printf("max_rss_kib %ld\n", used.ru_maxrss);
    if (end_of_main > 0)
        printf("after_main_us %.1f\n", end - end_of_main);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}
