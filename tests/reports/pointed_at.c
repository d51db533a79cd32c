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

struct node {
    struct node *upper[2];
    char *texts[5];
};

struct node *root;
char **moved, *first, *second, *third;
struct {
    char *left, *right;
} pair;

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

/* A tree of three nodes, one of them with the pointer inside an array of its own. */
static void *by_tree(void)
{
    char *block = malloc(100);
    for (int i = 0; i < 3; i++) {
        struct node *n = calloc(1, sizeof *n);
        n->upper[i % 2] = root;
        n->texts[i + 1] = i == 1 ? NULL : block + 8 * i;
        root = n;
    }
    return block;
}

/* A buffer that has moved: what is in the old one is nobody's. */
static void *by_moved_array(void)
{
    char *block = malloc(100), **rows = calloc(4, sizeof *rows);
    rows[1] = rows[3] = block;
    moved = realloc(rows, 64 * sizeof *rows);
    moved[63] = block + 50;
    return block;
}

/* Many variables, of which some have had it. */
static void *by_globals(void)
{
    char *block = malloc(100);
    first = second = third = block;
    second = NULL;
    pair.right = block + 1;
    pair.left = block;
    pair.left = NULL;
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
    } ways[] = {{"list", by_list},       {"table", by_table}, {"itself", by_itself},
                {"nothing", by_nothing}, {"tree", by_tree},   {"moved", by_moved_array},
                {"globals", by_globals}};
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
