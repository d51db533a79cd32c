/* A program that allocates, in two threads, forks, and leaks where it is told to. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *held[1000];

static void *allocate(void *arg)
{
    for (size_t i = (size_t)arg; i < 1000; i += 2)
        held[i] = calloc(1, i + 1);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, allocate, (void *)1) != 0)
        return 1;
    allocate(0);
    pthread_join(thread, NULL);
    held[0] = realloc(held[0], 1 << 20);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        exit(0);
    if (pid > 0)
        waitpid(pid, &status, 0);
    if (argc > 1 && strcmp(argv[1], "leak") == 0)
        *(void *volatile *)&held[7] = NULL;
    puts("done");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
