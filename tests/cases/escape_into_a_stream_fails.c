/* A stream still writes to the buffer that it was lent. */
// expect: ^{{at:shared}}: error: csan\[escape\]: [0-9] pointers into a buffer of cache "buffers" that was evicted are still stored > max_escapes=0$
// expect: stored in heap block of [0-9]+ bytes allocated at .*:{{line:opened}}, offset
// expect-not: error: csan\[[^e]
#include <csan.h>
#include <csan_share.h>

#include "case.h"

static csan_cache_t *buffers;
static FILE *out;

static NOINLINE void serve(void)
{
    char *p = malloc(4096);
    buffers = csan_cache("buffers", 0, 0);
    p = csan_publish(buffers, keep(p), 0);
    char *lent = (char *)csan_share(p); /* shared */
    csan_mutable(p, 4096);
    MUST(setvbuf(out, lent, _IOFBF, 4096) == 0);
    fputs("hello", out);
#ifdef CLOSES
    fclose(out);
#endif
    csan_release(lent);
    csan_evict(buffers, p);
    wipe_stack();
    csan_check(0);
#ifndef CLOSES
    fclose(out);
#endif
    free(p);
}

int main(void)
{
    out = fopen("/dev/null", "w"); /* opened */
    MUST(out);
    serve();
    return 0;
}
