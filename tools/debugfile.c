/* Separate debug files: found where gdb and libdw look for them. */
#include "tools/debugfile.h"

#include "base/base.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GLOBAL_FOLDER "/usr/lib/debug"

/* The checksum of .gnu_debuglink: CRC-32 as in zlib, half a byte at a time. */
static uint32_t add_crc(uint32_t crc, const uint8_t *bytes, size_t n)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc = table[(crc ^ bytes[i]) & 15] ^ (crc >> 4);
        crc = table[(crc ^ (bytes[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return ~crc;
}

static bool has_crc(int fd, uint32_t wanted)
{
    uint8_t bytes[65536];
    uint32_t crc = 0;
    off_t at = 0;
    for (ssize_t n; (n = pread(fd, bytes, sizeof bytes, at)) > 0; at += n) {
        crc = add_crc(crc, bytes, (size_t)n);
    }
    return crc == wanted;
}

/* The build-id tells for sure, and without reading the whole file. */
static bool belongs_to(int fd, Dwfl_Module *module, uint32_t crc)
{
    const unsigned char *wanted = NULL;
    const void *bits = NULL;
    GElf_Addr at = 0;
    int length = dwfl_module_build_id(module, &wanted, &at);
    if (length <= 0) {
        return has_crc(fd, crc);
    }
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    bool same = elf != NULL && dwelf_elf_gnu_build_id(elf, &bits) == length &&
                memcmp(bits, wanted, (size_t)length) == 0;
    elf_end(elf);
    return same;
}

static int open_file(const char *path, const char *of)
{
    struct stat st, own;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                !(stat(of, &own) == 0 && own.st_dev == st.st_dev && own.st_ino == st.st_ino);
    if (fd >= 0 && !good) {
        close(fd);
    }
    return good ? fd : -1;
}

/* Beside the file, in .debug there, and in the same place below the global folder. dwz names its
 * common file by its whole path, or relative to the debug file: that one is checked by libdw. */
static int search(Dwfl_Module *module, const char *file, const char *link, bool is_common,
                  uint32_t crc, char path[PATH_MAX])
{
    static const char *const before[] = {"", "", GLOBAL_FOLDER};
    static const char *const between[] = {"/", "/.debug/", "/"};
    char whole[PATH_MAX];
    if (realpath(file, whole) == NULL) {
        return -1;
    }
    char *slash = strrchr(whole, '/');
    *slash = '\0';
    for (size_t i = 0; i < CSAN_COUNT(before); i++) {
        int n = link[0] == '/'
                    ? snprintf(path, PATH_MAX, "%s%s", before[i], link)
                    : snprintf(path, PATH_MAX, "%s%s%s%s", before[i], whole, between[i], link);
        int fd = n < PATH_MAX ? open_file(path, file) : -1;
        if (fd >= 0 && (is_common || belongs_to(fd, module, crc))) {
            return fd;
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    return -1;
}

int csan__debugfile_find(Dwfl_Module *module, void **user_data, const char *name, Dwarf_Addr base,
                         const char *file, const char *link, GElf_Word crc, char **found)
{
    if (getenv("DEBUGINFOD_URLS") != NULL) {
        return dwfl_standard_find_debuginfo(module, user_data, name, base, file, link, crc, found);
    }
    int fd = dwfl_build_id_find_debuginfo(module, user_data, name, base, file, link, crc, found);
    char path[PATH_MAX];
    if (fd >= 0 || file == NULL || link == NULL) {
        return fd;
    }
    bool is_common = crc == 0; /* so libdwfl asks for dwz's file */
    fd = search(module, file, link, is_common, crc, path);
    if (fd >= 0) {
        free(*found);
        *found = strdup(path);
    }
    return fd;
}
