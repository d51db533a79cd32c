/* The program of docs/sharing.md: a cache of one report, a pool of lines. rows HOW. */
#include <csan.h>
#include <csan_share.h>
#include <stdlib.h>
#include <string.h>

static csan_cache_t *cache;
static csan_pool_t *pool;
static struct {
    int *at;
    size_t n;
} report;
static char *spare;
static size_t room = 64;
const int *last_total;

static void report_load(void)
{
    report.n = 12;
    report.at = calloc(16, sizeof *report.at);
    report.at = csan_publish(cache, report.at, report.n * sizeof *report.at);
}

static const int *report_get(void)
{
    return csan_share(report.at);
}

static void report_drop(void)
{
    csan_evict(cache, report.at);
    free(report.at);
    report.at = NULL;
}

static void render(const char *how)
{
    int *rows = (int *)report_get();
    if (strcmp(how, "appends") == 0)
        rows[report.n] = 17;
    if (strcmp(how, "stores") == 0)
        rows[3] = 17;
    if (strcmp(how, "remembers") == 0)
        last_total = &rows[3];
    csan_release(rows);
}

static void grow(void *kept[])
{
    for (int round = 0; round < 5; round++) {
        kept[round] = csan_publish(cache, calloc(1, 128), 0);
        csan_round("request");
    }
}

static void grow_line(void)
{
    spare = malloc(room);
    for (int round = 0; round < 5; round++) {
        char *line = csan_lend(pool, spare, 0, room);
        line = realloc(line, room += 512);
        spare = csan_give_back(pool, line, 0, room);
        csan_round("request");
    }
}

int main(int argc, char **argv)
{
    static void *kept[5];
    const char *how = argc > 1 ? argv[1] : "";
    cache = csan_cache(strcmp(how, "grows") == 0 ? "rows" : "report", 0, 0);
    pool = csan_pool("lines", 64 << 10, 0);
    if (strcmp(how, "grows") == 0)
        grow(kept);
    else if (strcmp(how, "lengthens") == 0)
        grow_line();
    else {
        report_load();
        render(how);
        report_drop();
    }
    memset((char[4096]){0}, 0, 4096);
    return 0;
}
