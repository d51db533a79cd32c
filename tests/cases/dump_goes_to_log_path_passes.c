// flags: -pthread
// plain: no
// env: CSAN_DUMP_SIGNAL=USR1
// env: CSAN_LOG_PATH=$DIR/log
// run: $PROG $DIR && grep -c . $DIR/log.* >/dev/null
// expect-not: .
#include "waits.h"

/* The log of this process is named after its id. */
int main(int argc, char **argv)
{
    char path[4096], text[4096] = "";
    MUST(argc == 2);
    snprintf(path, sizeof path, "%s/log.%d", argv[1], (int)getpid());
    MUST(kill(getpid(), SIGUSR1) == 0);
    while (!strstr(text, "csan: end of the threads")) {
        int fd = open(path, O_RDONLY);
        ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        MUST(n >= 0 && (fd < 0 || close(fd) == 0));
        text[n] = '\0';
        sched_yield();
    }
    MUST(strstr(text, "csan: 1 thread of "));
    MUST(strstr(text, "at main "));
    return 0;
}
