/* Who gave it back is told, not who had it lent. */
// flags: -pthread
// run: $PROG 2>$DIR/told; s=$?; cat $DIR/told >&2; giver=$(sed -n 's/^giver //p' $DIR/told); grep -q "given back by thread $giver: " $DIR/told && exit $s
// expect: csan\[pool\]: a buffer of pool "lines" was written to after it was given back
#include "pooled.h"

static void *give(void *line)
{
    fprintf(stderr, "giver %d\n", (int)gettid());
    put(line);
    return NULL;
}

int main(void)
{
    pthread_t giver;
    pool = csan_pool("lines", 0, CSAN_POOL_RESET);
    char *line = get();
    MUST(pthread_create(&giver, NULL, give, line) == 0);
    MUST(pthread_join(giver, NULL) == 0);
    line[9] = 1;
    line = get();
    memset(line, 0, ROOM);
    put(line);
    close_pool();
    return 0;
}
