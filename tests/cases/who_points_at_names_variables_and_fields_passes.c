// plain: no
// only: gcc-O0 an optimizer may split a static struct that it sees all of
// flags: -Iinclude -g
// stdout: ^0x[0-9a-f]+ is in global the_cache\.entries\[2\]\.row \(.*:{{line:cache}}\)$
// stdout: ^0x[0-9a-f]+ is in global of_a_function \(.*\.c:{{line:inner}}\)$
// stdout: ^0x[0-9a-f]+ is in thread-local mine\[1\] of thread [0-9]+ \(.*:{{line:mine}}\)$
// stdout: ^0x[0-9a-f]+ is in heap block of 64 bytes .* at .*:{{line:heap}}, offset 24$
// stdout: ^0x[0-9a-f]+ is in thread-specific data of thread [0-9]+$
// stdout: ^    held by global the_cache\.entries\[2\]\.row \(.*\)$
// stdout: ^      → struct row of 100 bytes allocated at .*:{{line:row}}$
// stdout: ^places: 6$
/* Each place once; one past the end is none. One is the parameter of csan.h's own function. */
#include "case.h"
#include <csan.h>

struct row {
    struct row *left, *right;
};
struct cache {
    int n;
    struct {
        char *key;
        struct row *row;
    } entries[8];
};

static struct cache the_cache; /* cache */
static __thread char *mine[3]; /* mine */
static void **volatile heap;
static pthread_key_t key;

static NOINLINE void fill(void)
{
    static struct row *volatile of_a_function; /* inner */
    struct row *row = malloc(100);             /* row */
    the_cache.entries[2].row = row;
    mine[1] = (char *)row + 99;
    mine[2] = (char *)row + 100; /* one past the end */
    of_a_function = row;
    MUST(of_a_function == row);
    heap = malloc(64); /* heap */
    heap[3] = row;
    MUST(pthread_setspecific(key, row) == 0);
}

static NOINLINE int look(void)
{
    return csan_who_points_at(the_cache.entries[2].row, 100, 1);
}

int main(void)
{
    MUST(pthread_key_create(&key, NULL) == 0);
    fill();
    wipe_stack();
    int places = look();
    wipe_stack();
    printf("places: %d\n", places - (look() != places));
    return 0;
}
