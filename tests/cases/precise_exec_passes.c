/* An image that replaces this one, and one that is started beside it, know nothing of it. */
// env: CSAN_SHARE=precise
// args: first
// stdout: ^fine$
#include "cached.h"

#include <spawn.h>

extern char **environ;

int main(int argc, char **argv)
{
    if (argc > 1) {
        char *const again[] = {argv[0], NULL};
        pid_t child;
        int status;
        rows = csan_cache("rows", 0, 0);
        char *p = load(64);
        const char *row = csan_share(p);
        MUST(posix_spawn(&child, "/proc/self/exe", NULL, NULL, again, environ) == 0);
        MUST(waitpid(child, &status, 0) == child && status == 0);
        csan_release(row);
        drop(p);
        return 0;
    }
    struct sigaction act;
    MUST(sigaction(SIGSEGV, NULL, &act) == 0 && act.sa_handler == SIG_DFL);
    MUST(sigaction(SIGTRAP, NULL, &act) == 0 && act.sa_handler == SIG_DFL);
    MUST(open("/dev/null", O_RDONLY) == 3);
    close(3);
    puts("fine");
    return 0;
}
