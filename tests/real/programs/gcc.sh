# The compiler with its children: cc1, as, collect2 and ld; a file with an error; and what it made.
needs="gcc"

prepare() {
    cat >good.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    char name[16];
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void)
{
    const char *words[] = {"pear", "apple", "fig"};
    qsort(words, 3, sizeof(words[0]), compare);
    for (int i = 0; i < 3; i++)
        printf("%s\n", words[i]);
    return 0;
}
END
    printf 'int main(void) { return undeclared; }\n' >bad.c
}

work() {
    $RUN gcc -O2 -g -Wall good.c -o good
    echo "status $?"
    ./good
    $RUN gcc -O2 -S -o - good.c | sha256sum
    $RUN gcc -c bad.c
    echo "status $?"
    $RUN gcc -c nothing.c
    echo "status $?"
}
