/* A limit on the address space: csan takes none of it, says so once, and checks as cheap does. */
// env: CSAN_SHARE=precise
// expect: ^csan: share=precise: the address space is limited \(ulimit -v\); what is published from now on may be checked as share=cheap does$
// stdout: ^1 line$
// run: bash -c 'ulimit -v 4000000; $PROG $ARGS 2>$DIR/said; s=$?; cat $DIR/said >&2; echo "$(wc -l <$DIR/said) line"; exit $s'
#include "cached.h"

int main(void)
{
    share_as_cheap_does();
    return 0;
}
