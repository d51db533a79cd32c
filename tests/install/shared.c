/* Every function of csan_share.h, in C and in C++.
 *
 * As it is: 0 and silent without the library; with it, one loan that is not given back.
 * PLAIN: the same without one annotation. */
#include <stdlib.h>
#include <string.h>

#ifdef PLAIN
#define NOTE(...)
#define OR(with, without) (without)
#else
#include <csan_share.h>
#define NOTE(...) __VA_ARGS__
#define OR(with, without) (with)
#endif

static char *volatile spare;
NOTE(static csan_cache_t *rows; static csan_pool_t * lines;)

__attribute__((noinline)) static char *load(size_t n)
{
    char *p = (char *)malloc(n);
    if (!p)
        abort();
    memset(p, 1, n);
    p = (char *)OR(csan_publish(rows, p, n), p);
    return (char *)OR(csan_publish_fixed(NULL, p, 0), p);
}

__attribute__((noinline)) static int use(char *p)
{
    const char *row = (const char *)OR(csan_share(p), p);
    int first = row[0];
    NOTE(csan_touch(row, "used");)
    NOTE(csan_release(row);)
    char *mine = (char *)OR(csan_writable(rows, p), p);
    mine[0]++;
    NOTE(csan_sealed(rows, p);)
    NOTE(csan_mutable(p + 1, 2);)
    return first;
}

__attribute__((noinline)) static void put(char *p)
{
    spare = (char *)OR(csan_give_back(lines, p, 0, 32), p);
    p = (char *)OR(csan_lend(lines, spare, 0, 32), spare);
    spare = NULL;
    NOTE(csan_forget(lines, p);)
    free(p);
}

int main(void)
{
    NOTE(rows = csan_cache("rows", 0, 0);)
    NOTE(lines = csan_pool("lines", 64, CSAN_POOL_LINKED);)
    char *p = load(32);
    int first = use(p);
    NOTE(csan_expected_ref((const void *)&spare, sizeof(char *), "the next one");)
    NOTE(csan_evict(rows, p);)
    put(p);
    return first - 1;
}
