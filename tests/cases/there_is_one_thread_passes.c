#include "case.h"

#include <dirent.h>

int main(void)
{
    int n = 0;
    DIR *tasks = opendir("/proc/self/task");
    MUST(tasks);
    for (struct dirent *one; (one = readdir(tasks));)
        n += one->d_name[0] != '.';
    closedir(tasks);
    MUST(n == 1);
    return 0;
}
