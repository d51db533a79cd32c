#include "record/proc.h"
#include "base/os.h"

#include <fcntl.h>

bool csan__proc_read(const char *path, char *out, size_t room)
{
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    long n = csan__os_read((int)fd, out, room - 1);
    csan__os_close((int)fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

const char *csan__proc_skip(const char *at, unsigned words)
{
    for (; words > 0; words--) {
        while ((unsigned char)*at > ' ')
            at++;
        while (*at == ' ')
            at++;
    }
    return at;
}

uint64_t csan__proc_hex(const char **at)
{
    uint64_t n = 0;
    for (;; (*at)++) {
        char c = **at;
        if (c >= '0' && c <= '9')
            n = n * 16 + (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            n = n * 16 + (uint64_t)(c - 'a' + 10);
        else
            return n;
    }
}

uint64_t csan__proc_number(const char *at)
{
    uint64_t n = 0;
    if (at[0] == '0' && at[1] == 'x') {
        at += 2;
        return csan__proc_hex(&at);
    }
    for (; *at >= '0' && *at <= '9'; at++)
        n = n * 10 + (uint64_t)(*at - '0');
    return n;
}
