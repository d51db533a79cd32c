/* More calls that write to memory: those of the kernel by name, those of libc at their own place. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// expect: ^{{at:pread}}: error: csan\[mutation\]
// expect: offset 0, by pread
// expect: ^{{at:recvfrom}}: error: csan\[mutation\]
// expect: ^{{at:pipe}}: error: csan\[mutation\]
// expect: ^{{at:fgets}}: error: csan\[mutation\]
// expect: ^{{at:getline}}: error: csan\[mutation\]
// expect: ^{{at:snprintf}}: error: csan\[mutation\]
// expect: ^{{at:sscanf}}: error: csan\[mutation\]
// expect: ^{{at:qsort}}: error: csan\[mutation\]
// stdout: ^abc defg hi line one 42 7 123$
#include "cached.h"

#include <sys/socket.h>

static int by_byte(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    char *p = load(400), *row = (char *)csan_share(p), name[] = "/tmp/csan-precise-XXXXXX";
    int ends[2], pipes[2], fd = mkstemp(name);
    MUST(fd >= 0 && unlink(name) == 0 && write(fd, "abcline\none\n", 12) == 12);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && pipe(pipes) == 0);
    MUST(pread(fd, row, 3, 0) == 3); /* pread */
    MUST(write(ends[1], "defg", 4) == 4);
    MUST(recvfrom(ends[0], row + 10, 100, 0, NULL, NULL) == 4); /* recvfrom */
    MUST(write(pipes[1], "hi", 2) == 2);
    MUST(read(pipes[0], row + 20, 100) == 2); /* pipe */
    FILE *f = fdopen(fd, "r");
    MUST(f && fseek(f, 3, SEEK_SET) == 0);
    MUST(fgets(row + 30, 100, f) == row + 30); /* fgets */
    char *text = row + 150;
    size_t room = 100;
    MUST(getline(&text, &room, f) == 4 && text == row + 150); /* getline */
    fclose(f);
    p[34] = p[153] = 0;
    MUST(snprintf(row + 260, 20, "%d", 42) == 2); /* snprintf */
    MUST(sscanf("7", "%d", (int *)(void *)(row + 300)) == 1); /* sscanf */
    memcpy(p + 340, "321", 4);
    qsort(row + 340, 3, 1, by_byte); /* qsort */
    printf("%s %s %s %s %s %s %d %s\n", p, p + 10, p + 20, p + 30, p + 150, p + 260, *(int *)(void *)(p + 300),
           p + 340);
    for (int i = 0; i < 2; i++)
        MUST(close(ends[i]) == 0 && close(pipes[i]) == 0);
    csan_release(row);
    drop(p);
    return 0;
}
