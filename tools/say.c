/* What the command says on stderr: one sentence a line, each with the name of who says it. */
#include "tools/progress.h"
#include "tools/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *format, va_list args)
{
    /* One write a sentence: the program's own output may come between two of them, never into one.
     */
    char line[4096];
    int used = snprintf(line, sizeof line, "csan: ");
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    size_t length = more < 0 ? (size_t)used : strlen(line);
    line[length++] = '\n';
    fflush(stdout);
    csan__progress_clear();
    for (size_t at = 0; at < length;) {
        ssize_t n = write(STDERR_FILENO, line + at, length - at);
        if (n <= 0) {
            return; /* stderr is closed or full: the status still says it */
        }
        at += (size_t)n;
    }
}

void csan__say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

int csan__say_dark(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return VERB_DARK;
}

void *csan__need(void *p)
{
    if (!p)
        exit(csan__say_dark("out of memory"));
    return p;
}

bool csan__say_in_color(int fd)
{
    const char *no = getenv("NO_COLOR");
    const char *force = getenv("FORCE_COLOR");
    const char *terminal = getenv("TERM");
    if (no != NULL && no[0] != '\0') {
        return false;
    }
    if (force != NULL && force[0] != '\0' && strcmp(force, "0") != 0) {
        return true;
    }
    return isatty(fd) == 1 && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}
