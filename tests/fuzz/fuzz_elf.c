/* libFuzzer target: whatever a program's file holds, the command's reader and the runtime's come
 * back from it, with texts that end and addresses that the file has.
 *
 * Input: the file. */
#include "test_integration/elf.h"
#include "tools/elf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_facts(const struct elf_facts *f)
{
    require(f->kind <= FILE_ELF);
    require(memchr(f->interpreter, '\0', sizeof f->interpreter) != NULL);
    require(memchr(f->argument, '\0', sizeof f->argument) != NULL);
    require(memchr(f->soname, '\0', sizeof f->soname) != NULL);
    require(f->nneeded <= ELF_NEEDED_MAX);
    for (uint32_t i = 0; i < f->nneeded; i++)
        require(memchr(f->needed[i], '\0', sizeof f->needed[i]) != NULL);
    require(csan__elf_machine(f) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("input", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    require(fd >= 0 && ftruncate(fd, 0) == 0);
    require(pwrite(fd, data, size, 0) == (ssize_t)size);
    struct elf_facts facts;
    csan__elf_read(path, &facts);
    check_facts(&facts);
    struct elf_wanted wanted[] = {{.name = "main"}, {.name = "_ck_assert_failed"}};
    csan__elf_find_in(path, wanted, 2);
    return 0;
}
