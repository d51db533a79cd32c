// expect-status: 0
// stdout: ^read: one line$
// stderr: any
// expect-not: csan
#include "case.h"

int main(void)
{
    char text[64] = "";
    FILE *pipe = popen("echo one line; exit 3", "r");
    MUST(pipe);
    MUST(fgets(text, sizeof(text), pipe));
    int how = pclose(pipe);
    MUST(WIFEXITED(how) && WEXITSTATUS(how) == 3);
    how = system("exit 4");
    MUST(WIFEXITED(how) && WEXITSTATUS(how) == 4);
    printf("read: %s", text);
    return 0;
}
