#include "case.h"

#include <locale.h>
#include <pwd.h>
#include <grp.h>
#include <time.h>

int main(void)
{
    time_t now = 0;
    MUST(setlocale(LC_ALL, "C.UTF-8"));
    MUST(localtime(&now));
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    MUST(localtime(&now));
    MUST(getpwuid(0));
    getgrgid(0);
    MUST(strerror(12345));
    MUST(setvbuf(stdout, NULL, _IOFBF, 9000) == 0);
    printf("text");
    MUST(fopen("/dev/null", "r"));
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen("/etc/passwd", "r");
    while (getline(&line, &room, file) > 0)
        ;
    free(line);
    fclose(file);
    MUST(putenv(strdup("CASE_A=b")) == 0);
    MUST(setenv("CASE_B", "c", 1) == 0);
    return 0;
}
