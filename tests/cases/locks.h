/* What the cases of locks share: pairs of locks, each taken by a thread of its own that has ended
 * before the next one starts, so that no deadlock happens where one could. */
#ifndef LOCKS_H
#define LOCKS_H

#include "case.h"

static pthread_mutex_t locks[26];

struct pairs {
    const char *letters;
    int count; /* pairs */
};

static NOINLINE __attribute__((unused)) void take_pair(char first, char second)
{
    MUST(pthread_mutex_lock(&locks[first - 'A']) == 0);
    MUST(pthread_mutex_lock(&locks[second - 'A']) == 0);
    MUST(pthread_mutex_unlock(&locks[second - 'A']) == 0);
    MUST(pthread_mutex_unlock(&locks[first - 'A']) == 0);
}

static void *take_pairs(void *arg)
{
    const struct pairs *p = arg;
    for (int i = 0; i < p->count; i++)
        take_pair(p->letters[2 * i], p->letters[2 * i + 1]);
    return NULL;
}

static inline void init_locks(void)
{
    for (int i = 0; i < 26; i++)
        MUST(pthread_mutex_init(&locks[i], NULL) == 0);
}

static inline void run_one(void *(*run)(void *), void *arg)
{
    pthread_t id;
    MUST(pthread_create(&id, NULL, run, arg) == 0);
    MUST(pthread_join(id, NULL) == 0);
}

/* "ABBA": A then B by one thread, B then A by the next. */
static inline void take_pairs_by_threads(const char *letters)
{
    init_locks();
    for (; *letters; letters += 2)
        run_one(take_pairs, &(struct pairs){letters, 1});
}

static inline void take_pairs_by_one_thread(const char *letters)
{
    init_locks();
    run_one(take_pairs, &(struct pairs){letters, (int)strlen(letters) / 2});
}

#endif
