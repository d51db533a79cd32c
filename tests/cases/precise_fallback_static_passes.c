/* A static program: precise is not to be had, csan says so once, and checks as cheap does. */
// mode: static
// env: CSAN_SHARE=precise
// expect: ^csan: share=precise: the program is linked statically; what is published from now on may be checked as share=cheap does$
// stdout: ^1 line$
// run: bash -c '$PROG $ARGS 2>$DIR/said; s=$?; cat $DIR/said >&2; echo "$(wc -l <$DIR/said) line"; exit $s'
#include "cached.h"

int main(void)
{
    share_as_cheap_does();
    return 0;
}
