// flags: -pthread
// findings: 1
// expect: ^{{at:taken}}: error: csan\[lock-misuse\]: mutex [0x`][^` ,:]+`? taken here is still held when its thread ends
#include "case.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static pid_t first;

static void *work(void *arg)
{
    char path[64], text[256], *state;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)first);
    do {
        FILE *f = fopen(path, "r");
        MUST(f && fgets(text, sizeof text, f));
        fclose(f);
        state = strrchr(text, ')');
        MUST(state);
    } while (state[2] != 'Z');
    return arg;
}

int main(void)
{
    pthread_t id;
    first = getpid();
    pthread_mutex_lock(&lock); /* taken */
    MUST(pthread_create(&id, NULL, work, NULL) == 0);
    MUST(pthread_detach(id) == 0);
    pthread_exit(NULL);
}
