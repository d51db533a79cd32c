#include "case.h"

#include <dirent.h>
#include <execinfo.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

int main(void)
{
    char *line = NULL, *text = NULL, *stream = NULL;
    size_t room = 0, length = 0;
    void *frames[4];
    struct addrinfo *found = NULL;
    struct dirent **names;
    free(strdup("a"));
    free(strndup("abc", 2));
    free(wcsdup(L"a"));
    if (asprintf(&text, "%0500d", 7) > 0)
        free(text);
    FILE *f = open_memstream(&stream, &length);
    fputs("text", f);
    fclose(f);
    free(stream);
    f = fopen("/etc/passwd", "r");
    while (f && getline(&line, &room, f) > 0)
        ;
    free(line);
    if (f)
        fclose(f);
    free(realpath("/", NULL));
    free(getcwd(NULL, 0));
    free(backtrace_symbols(frames, backtrace(frames, 4)));
    int n = scandir("/", &names, NULL, alphasort);
    while (n > 0)
        free(names[--n]);
    free(names);
    if (getaddrinfo("127.0.0.1", "80", NULL, &found) == 0)
        freeaddrinfo(found);
    return 0;
}
