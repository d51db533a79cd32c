// stdout: ^the new image$
#include "case.h"

int main(void)
{
    char *text = strdup("the new image");
    execl("/bin/echo", "echo", text, (char *)NULL);
    return *text;
}
