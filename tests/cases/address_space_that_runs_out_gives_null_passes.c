// run: (ulimit -v 400000; exec $PROG) 2>$DIR/err; s=$?; grep -q "no memory to account" $DIR/err && [ $s = 87 ] && exit 0; cat $DIR/err >&2; exit $s
#include "case.h"

/* Every malloc that fails does so as it would without csan; nothing breaks. Where csan itself found no
 * memory for a block's account, it says that it could not check. */
int main(void)
{
    static void *held[100000];
    int n = 0;
    while (n < 100000 && (held[n] = malloc(30000)))
        n++;
    MUST(n > 1000 && n < 100000);
    MUST(errno == ENOMEM);
    while (n > 0)
        free(held[--n]);
    return 0;
}
