// args: $DIR/file
#include "case.h"

#include <sys/mman.h>

/* Reading the mapping's second page would be a SIGBUS. */
int main(int argc, char **argv)
{
    MUST(argc == 2);
    int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
    MUST(fd >= 0 && ftruncate(fd, 4096) == 0);
    MUST(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) != MAP_FAILED);
    free(keep(malloc(8)));
    return 0;
}
