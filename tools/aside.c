#include "tools/aside.h"

#include "tools/verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool can_be_replaced(const char *path)
{
    struct stat st;
    return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

int csan__aside_open(struct aside *a, const char *path)
{
    *a = (struct aside){.path = path};
    if (can_be_replaced(path) && asprintf(&a->part, "%s.%d.part", path, (int)getpid()) < 0)
        return csan__say_dark("out of memory");
    const char *name = a->part ? a->part : path;
    a->out = fopen(name, a->part ? "wxe" : "we");
    if (a->out)
        return 0;
    int status = csan__say_dark("%s: %s", name, strerror(errno));
    free(a->part);
    return status;
}

int csan__aside_close(struct aside *a)
{
    bool is_whole = !ferror(a->out) && fflush(a->out) == 0;
    int status = 0;
    if (fclose(a->out) != 0 || !is_whole || (a->part && rename(a->part, a->path) != 0)) {
        status = csan__say_dark("%s: %s", a->path, strerror(errno));
        if (a->part)
            unlink(a->part);
    }
    free(a->part);
    return status;
}
