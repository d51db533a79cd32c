// leak: leak 32 B in 1 block
// args: $DIR/file
// run: $PROG $ARGS; s=$?; cat $DIR/file; exit $s
// stdout: ^written, not flushed$
#include "case.h"

static NOINLINE void lose(void)
{
    keep(malloc(32)); /* leak */
}

int main(int argc, char **argv)
{
    MUST(argc == 2);
    FILE *file = fopen(argv[1], "w");
    MUST(file);
    lose();
    fprintf(file, "written, not flushed\n");
    return 0;
}
