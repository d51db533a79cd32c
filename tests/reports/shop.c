/* A program that does what its arguments say, one after the other:
 *   leak N   a block of N bytes, by a function of its own for each of three sizes
 *   fork     a child that does the rest; the parent waits, and does it too
 *   exec     becomes itself again, with the rest        check    csan_check(0)
 *   segv, kill, _exit, away (removes the folder that follows), wait (for stdin's end)
 *   deadlock */
#include <csan.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile sink;

__attribute__((noinline)) static void row_new(size_t n)
{
    sink = malloc(n);
    sink = NULL;
}

__attribute__((noinline)) static void cache_get(size_t n)
{
    row_new(n);
    __asm__ volatile("");
}

__attribute__((noinline)) static void index_get(size_t n)
{
    row_new(n);
    __asm__ volatile("nop"); /* not alike: an optimizer makes one of two that are */
}

static void leak(size_t n)
{
    if (n == 32)
        cache_get(n);
    else if (n == 64)
        index_get(n);
    else
        row_new(n);
    __asm__ volatile("");
}

static void lock_twice(void)
{
    static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&m);
    pthread_mutex_lock(&m);
}

static void do_one(char **argv, int *i)
{
    const char *word = argv[*i];
    if (strcmp(word, "leak") == 0)
        leak((size_t)atol(argv[++*i]));
    else if (strcmp(word, "check") == 0)
        csan_check(0);
    else if (strcmp(word, "fork") == 0 && fork() > 0)
        wait(NULL);
    else if (strcmp(word, "segv") == 0)
        raise(SIGSEGV);
    else if (strcmp(word, "kill") == 0)
        raise(SIGKILL);
    else if (strcmp(word, "_exit") == 0)
        _exit(0);
    else if (strcmp(word, "wait") == 0)
        while (getchar() != EOF)
            ;
    else if (strcmp(word, "deadlock") == 0)
        lock_twice();
    else if (strcmp(word, "away") == 0)
        rmdir(argv[++*i]);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "exec") == 0) {
            argv[i] = argv[0];
            execv("/proc/self/exe", argv + i);
        }
        do_one(argv, &i);
    }
    return 0;
}
