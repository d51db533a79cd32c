/* For 40_profiles.sh: blocks that stay and blocks that go, a lock that is fought over, labelled
 * threads, children. Words are carried out in order. */
#include <csan.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t all_there;
void *volatile kept[1000], *volatile passing;

__attribute__((noinline)) static void *row_new(size_t n)
{
    return memset(malloc(n), 1, n);
}

__attribute__((noinline)) static void keep_rows(void)
{
    for (int i = 0; i < 1000; i++)
        kept[i] = row_new(64);
}

__attribute__((noinline)) static void pass_rows(void)
{
    for (int i = 0; i < 500; i++) {
        passing = row_new(200);
        free(passing);
    }
    passing = NULL;
}

__attribute__((noinline)) static void *wait_for_lock(void *route)
{
    csan_label("route", route);
    csan_label("gone", "x");
    csan_label("gone", NULL);
    pthread_barrier_wait(&all_there);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* The threads meet, and then stand before a lock for as long as they must. */
__attribute__((noinline)) static void crowd(const char *path)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&all_there, NULL, THREADS + 1);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, wait_for_lock, i ? "/report" : "/login");
    pthread_barrier_wait(&all_there);
    usleep(50000);
    if (path)
        printf("%d\n", csan_dump("threads", path));
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void child(void)
{
    if (fork() == 0) {
        pass_rows();
        exit(0);
    }
    wait(NULL);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "keep") == 0)
            keep_rows();
        else if (strcmp(word, "pass") == 0)
            pass_rows();
        else if (strcmp(word, "crowd") == 0)
            crowd(NULL);
        else if (strcmp(word, "threads") == 0)
            crowd(argv[++i]);
        else if (strcmp(word, "child") == 0)
            child();
        else if (strcmp(word, "dump") == 0 && i + 2 < argc) {
            printf("%d\n", csan_dump(argv[i + 1], argv[i + 2]));
            i += 2;
        }
    }
    return 0;
}
