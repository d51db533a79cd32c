/* A thread that goes on when the first one has left by pthread_exit. */
#ifndef OUTLIVE_H
#define OUTLIVE_H

#include "case.h"

/* Until the first thread is a zombie. */
static inline void outlive_first(void)
{
    char path[64], text[256], *state;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)getpid());
    do {
        FILE *f = fopen(path, "r");
        MUST(f && fgets(text, sizeof text, f));
        fclose(f);
        state = strrchr(text, ')');
        MUST(state);
    } while (state[2] != 'Z');
}

static inline void leave_to(void *(*work)(void *))
{
    pthread_t id;
    MUST(pthread_create(&id, NULL, work, NULL) == 0);
    MUST(pthread_detach(id) == 0);
    pthread_exit(NULL);
}

#endif
