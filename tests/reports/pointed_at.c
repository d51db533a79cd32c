/* A block that is pointed at from elsewhere: pointed_at WAY. Prints its address and what csan knows
 * of it, then waits for a line, so that another tool can be asked meanwhile. pointed_at WAY escape:
 * the block is a cache's that has evicted it, and csan says what escaped. */
#include <csan.h>
#include <csan_share.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    long key;
    void *value;
    struct row *next;
};

struct row *head;
char *middle, *behind;
void *table[8];

static void *by_list(void)
{
    void *block = malloc(100);
    for (int i = 0; i < 3; i++) {
        struct row *r = calloc(1, sizeof *r);
        r->value = block;
        r->next = head;
        head = r;
    }
    return block;
}

static void *by_table(void)
{
    char *block = malloc(100);
    table[3] = block;
    table[7] = block + 99;
    middle = block + 40;
    behind = block + 100;
    return block;
}

static void *by_itself(void)
{
    void **block = calloc(1, 100);
    block[2] = block;
    table[0] = block;
    return block;
}

static void *by_nothing(void)
{
    char *block = malloc(100);
    middle = block;
    middle = NULL;
    return block;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void *(*make)(void);
    } ways[] = {
        {"list", by_list}, {"table", by_table}, {"itself", by_itself}, {"nothing", by_nothing}};
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(argv[1], ways[i].name) != 0)
            continue;
        void *block = ways[i].make();
        printf("%p\n", block);
        fflush(stdout);
        if (argc > 2) {
            csan_cache_t *rows = csan_cache("rows", 0, 0);
            csan_evict(rows, csan_publish_fixed(rows, block, 100));
            csan_check(0);
        } else {
            csan_who_points_at(block, 100, 1);
        }
        getchar();
        csan_ignore(block);
    }
    return 0;
}
