/* A share is given to a context for a stack: told of there, and the context runs, with its arguments. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// findings: 2
// expect: ^{{at:made}}: error: csan\[mutation\]: a buffer of 64 KiB of cache "rows" was written to through a share
// expect: at main .*:{{line:made}}$
// expect: by makecontext\(\)
// expect: shared by thread [0-9]+: at main .*:{{line:shared}}$
// expect: ^{{at:never switched to}}: error: csan\[mutation\]
// stdout: ^1 2 3 4 5 6 7 8 9 on its stack$
// stdout: ^again$
// stdout: ^back$
#include "cached.h"

#include <ucontext.h>

#define ROOM ((size_t)64 << 10)

static ucontext_t here, there;
static char *stack;

static void run(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
    char local;
    int is_on_it = (size_t)(&local - stack) < ROOM;
    printf("%d %d %d %d %d %d %d %d %d %s\n", a, b, c, d, e, f, g, h, i,
           is_on_it ? "on its stack" : "elsewhere");
    MUST(swapcontext(&there, &here) == 0);
    puts("again");
}

int main(void)
{
    rows = csan_cache("rows", 0, 0);
    stack = load(ROOM);
    char *share = (char *)csan_share(stack); /* shared */
    MUST(getcontext(&there) == 0);
    there.uc_stack = (stack_t){.ss_sp = share, .ss_size = ROOM};
    there.uc_link = &here;
    makecontext(&there, (void (*)(void))run, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9); /* made */
    MUST(there.uc_stack.ss_sp == share && there.uc_stack.ss_size == ROOM);
    MUST(swapcontext(&here, &there) == 0);
    MUST(swapcontext(&here, &there) == 0);
    puts("back");
    MUST(getcontext(&there) == 0);
    there.uc_stack = (stack_t){.ss_sp = share + 4096, .ss_size = 4096};
    makecontext(&there, (void (*)(void))run, 0); /* never switched to */
    memset(&there, 0, sizeof there);
    memset(&here, 0, sizeof here);
    csan_release(share);
    char *p = stack;
    stack = NULL;
    drop(p);
    return 0;
}
