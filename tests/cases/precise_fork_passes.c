/* What a child stores is its own, what its parent stores is its parent's; both see what was there. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// env: CSAN_MAX_ESCAPES=off
// stdout: ^same bytes, apart$
#include "cached.h"

static char *p;
static const char *row;

static void tell(int fd)
{
    MUST(write(fd, "x", 1) == 1);
}

static void hear(int fd)
{
    char c;
    MUST(read(fd, &c, 1) == 1);
}

static int child(int from, int to)
{
    hear(from); /* the parent has stored by now */
    MUST(p[0] == 1 && row[0] == 1 && p[4999] == 2 && row[4999] == 2);
    p[0] = 10;
    MUST(row[0] == 10);
    ((volatile char *)row)[1] = 11;
    MUST(p[1] == 11);
    char *own = load(100);
    const char *lent = csan_share(own);
    own[5] = 6;
    MUST(lent[5] == 6);
    csan_release(lent);
    drop(own);
    tell(to);
    hear(from);
    MUST(p[0] == 10 && p[1] == 11);
    csan_release(row);
    drop(p);
    return 0;
}

int main(void)
{
    int down[2], up[2], status;
    rows = csan_cache("rows", 0, 0);
    p = load(5000);
    row = csan_share(p);
    p[0] = 1;
    p[4999] = 2;
    MUST(pipe(down) == 0 && pipe(up) == 0);
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0)
        return child(down[0], up[1]);
    p[0] = 20;
    ((volatile char *)row)[4999] = 21;
    tell(down[1]);
    hear(up[0]);
    MUST(p[0] == 20 && row[0] == 20 && p[1] == 0 && p[4999] == 21);
    tell(down[1]);
    MUST(waitpid(pid, &status, 0) == pid && status == 0);
    MUST(p[0] == 20 && p[1] == 0);
    csan_release(row);
    drop(p);
    p = NULL;
    row = NULL;
    puts("same bytes, apart");
    return 0;
}
