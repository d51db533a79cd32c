/* Variables that tests/tools/run.sh asks `csan symbolize` about. */
struct row;
struct entry {
    char *key;
    struct row *row; /* only declared here: whole further down */
};
struct cache {
    int n;
    struct entry entries[8];
    struct cache *next;
    union {
        long number;
        struct row **many;
    } either;
    int grid[2][3];
};
struct cache the_cache;          /* LINE-CACHE */
struct cache *cache = &the_cache;
struct row {
    struct row *left, *right;
    char *names[];
};
_Thread_local struct row *thread_rows[4];

int main(void)
{
    static struct row *of_main; /* LINE-OF-MAIN */
    the_cache.entries[2].row = of_main;
    thread_rows[1] = of_main;
    return cache->n;
}
