/* The system gives no shared memory: csan says so once, and checks as cheap does; the record has it
 * as a note, with the place. */
// env: CSAN_SHARE=precise
// env: CSAN_OUT=$DIR
// expect: ^csan: share=precise: no memory, or no mapping, for it; what is published from now on may be checked as share=cheap does$
// stdout: ^1 line$
// stdout: "type":"note".*"kind":"mutation".*"message":"share=precise is not to be had for all of cache ..?"rows.*"note":"no memory, or no mapping, for it"
// stdout: "type":"end","verdict":"pass".*"notes":1
// run: bash -c '$PROG $ARGS 2>$DIR/said; s=$?; cat $DIR/said >&2; echo "$(wc -l <$DIR/said) line"; cat $DIR/*.jsonl; exit $s'
// plain: no
#include "cached.h"
#include "seccomp.h"

int main(void)
{
    refuse_call(SYS_mmap, 3, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, ENOMEM);
    share_as_cheap_does();
    return 0;
}
