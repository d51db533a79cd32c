#include "tools/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 100

static struct {
    bool is_begun, is_terminal, is_shown;
    uint64_t next_ms; /* not before */
} line;

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A terminal that is closed or full costs the line alone. */
static void put(const char *s)
{
    if (write(STDERR_FILENO, s, strlen(s)) < 0)
        line.is_terminal = false;
}

void csan__progress(const char *what, size_t done, size_t all)
{
    char text[128];
    if (!line.is_begun) {
        line.is_begun = true;
        line.is_terminal = isatty(STDERR_FILENO) == 1;
        line.next_ms = line.is_terminal ? now_ms() + PROGRESS_PATIENCE_MS : 0;
    }
    if (!line.is_terminal || now_ms() < line.next_ms)
        return;
    line.next_ms = now_ms() + STEP_MS;
    line.is_shown = true;
    snprintf(text, sizeof text, "\r\033[Kcsan: %.60s: %zu of %zu", what, done, all);
    put(text);
}

void csan__progress_clear(void)
{
    if (line.is_shown)
        put("\r\033[K");
    line.is_shown = false;
}

void csan__progress_end(void)
{
    csan__progress_clear();
    line.is_begun = false;
}
