/* What a program's file is: its headers, its dynamic section and a handful of symbols. */
#include "tools/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

struct mark {
    const char *name;
    uint32_t inside;
};

#define HAS_ASSERT (1u << 30) /* two symbols of Check's: both make INSIDE_CHECK */
#define HAS_TCASE (1u << 31)

static const struct mark symbols[] = {
    {"csan_mark", INSIDE_CSAN},     {"malloc", INSIDE_MALLOC},
    {"__asan_init", INSIDE_ASAN},   {"__tsan_init", INSIDE_TSAN},
    {"__msan_init", INSIDE_MSAN},   {"__hwasan_init", INSIDE_HWASAN},
    {"__lsan_init", INSIDE_LSAN},   {"je_mallctl", INSIDE_JEMALLOC},
    {"mallctl", INSIDE_JEMALLOC},   {"tc_malloc", INSIDE_TCMALLOC},
    {"mi_malloc", INSIDE_MIMALLOC}, {"_ck_assert_failed", HAS_ASSERT},
    {"tcase_name", HAS_TCASE},
};

static const struct mark libraries[] = {
    {"libcsan.so", LINKED_CSAN},           {"libasan.so", INSIDE_ASAN},
    {"libclang_rt.asan", INSIDE_ASAN},     {"libtsan.so", INSIDE_TSAN},
    {"libclang_rt.tsan", INSIDE_TSAN},     {"libhwasan.so", INSIDE_HWASAN},
    {"libclang_rt.hwasan", INSIDE_HWASAN}, {"liblsan.so", INSIDE_LSAN},
    {"libjemalloc.so", INSIDE_JEMALLOC},   {"libtcmalloc", INSIDE_TCMALLOC},
    {"libmimalloc", INSIDE_MIMALLOC},
};

static const struct mark sanitizers[] = {
    {"AddressSanitizer", INSIDE_ASAN}, {"ThreadSanitizer", INSIDE_TSAN},
    {"MemorySanitizer", INSIDE_MSAN},  {"HWAddressSanitizer", INSIDE_HWASAN},
    {"LeakSanitizer", INSIDE_LSAN},
};

static const struct mark allocators[] = {
    {"jemalloc", INSIDE_JEMALLOC}, {"tcmalloc", INSIDE_TCMALLOC}, {"mimalloc", INSIDE_MIMALLOC}};

uint32_t csan__elf_inside_of(const char *library)
{
    for (size_t i = 0; i < CSAN_COUNT(libraries); i++) {
        if (strncmp(library, libraries[i].name, strlen(libraries[i].name)) == 0) {
            return libraries[i].inside;
        }
    }
    return 0;
}

const char *csan__elf_sanitizer(uint32_t inside)
{
    for (size_t i = 0; i < CSAN_COUNT(sanitizers); i++) {
        if ((inside & sanitizers[i].inside) != 0) {
            return sanitizers[i].name;
        }
    }
    return NULL;
}

const char *csan__elf_allocator(uint32_t inside)
{
    for (size_t i = 0; i < CSAN_COUNT(allocators); i++) {
        if ((inside & allocators[i].inside) != 0) {
            return allocators[i].name;
        }
    }
    return NULL;
}

const char *csan__elf_machine(const struct elf_facts *facts)
{
    bool wide = facts->elf_class == ELFCLASS64;
    switch (facts->machine) {
    case EM_X86_64:
        return wide ? "64-bit x86" : "x32";
    case EM_386:
        return "32-bit x86";
    case EM_AARCH64:
        return "64-bit ARM";
    case EM_ARM:
        return "32-bit ARM";
    case EM_RISCV:
        return wide ? "64-bit RISC-V" : "32-bit RISC-V";
    default:
        return wide ? "another 64-bit machine" : "another 32-bit machine";
    }
}

static void copy_name(char *to, size_t room, const char *from)
{
    size_t n = from == NULL ? 0 : strnlen(from, room - 1);
    memcpy(to, from == NULL ? "" : from, n);
    to[n] = '\0';
}

/* `#! interpreter [argument]`, as the kernel reads it: the argument is all that is left. */
static void read_script(const char *head, struct elf_facts *out)
{
    static const char blanks[] = " \t";
    const char *at = head + 2;
    size_t line = strcspn(at, "\n");
    const char *end = at + line;
    at += strspn(at, blanks);
    size_t n = strcspn(at, " \t\n");
    out->kind = FILE_SCRIPT;
    if (n >= sizeof out->interpreter) {
        out->kind = FILE_OTHER;
        return;
    }
    memcpy(out->interpreter, at, n);
    out->interpreter[n] = '\0';
    at += n;
    at += strspn(at, blanks);
    while (end > at && strchr(" \t\r", end[-1]) != NULL) {
        end--;
    }
    if (end > at && (size_t)(end - at) < sizeof out->argument) {
        memcpy(out->argument, at, (size_t)(end - at));
        out->argument[end - at] = '\0';
    }
}

static void note_symbol(struct elf_facts *out, const GElf_Sym *symbol, const char *name)
{
    int type = GELF_ST_TYPE(symbol->st_info);
    bool is_cpp = name != NULL && name[0] == '_' && name[1] == 'Z';
    if (name == NULL || is_cpp || symbol->st_shndx == SHN_UNDEF ||
        GELF_ST_BIND(symbol->st_info) == STB_LOCAL || (type != STT_FUNC && type != STT_GNU_IFUNC)) {
        return;
    }
    for (size_t i = 0; i < CSAN_COUNT(symbols); i++) {
        if (strcmp(name, symbols[i].name) == 0) {
            out->inside |= symbols[i].inside;
        }
    }
}

static void read_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, struct elf_facts *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;
    for (int i = 1; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
        note_symbol(out, &symbol, elf_strptr(elf, header->sh_link, symbol.st_name));
    }
}

static void read_dynamic(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, struct elf_facts *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Dyn entry;
    for (int i = 0; data != NULL && gelf_getdyn(data, i, &entry) != NULL; i++) {
        const char *name = elf_strptr(elf, header->sh_link, entry.d_un.d_val);
        if (entry.d_tag == DT_SONAME) {
            copy_name(out->soname, sizeof out->soname, name);
        } else if (entry.d_tag == DT_NEEDED && name != NULL && out->nneeded < ELF_NEEDED_MAX) {
            out->inside |= csan__elf_inside_of(name);
            copy_name(out->needed[out->nneeded++], ELF_NAME_MAX, name);
        }
    }
}

static void read_sections(Elf *elf, struct elf_facts *out)
{
    size_t names = 0;
    if (elf_getshdrstrndx(elf, &names) != 0) {
        return;
    }
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || header.sh_type == SHT_NOBITS) {
            continue;
        }
        const char *name = elf_strptr(elf, names, header.sh_name);
        name = name == NULL ? "" : name;
        out->debug_info |= strcmp(name, ".debug_info") == 0 || strcmp(name, ".zdebug_info") == 0;
        out->unwind_table |= strcmp(name, ".eh_frame") == 0;
        out->symbol_table |= header.sh_type == SHT_SYMTAB;
        if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM) {
            read_symbols(elf, section, &header, out);
        } else if (header.sh_type == SHT_DYNAMIC) {
            read_dynamic(elf, section, &header, out);
        }
    }
}

static void read_segments(Elf *elf, int fd, struct elf_facts *out)
{
    size_t count = 0;
    if (elf_getphdrnum(elf, &count) != 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf, (int)i, &segment) == NULL) {
            continue;
        }
        out->dynamic |= segment.p_type == PT_DYNAMIC;
        if (segment.p_type == PT_INTERP && segment.p_filesz < sizeof out->interpreter) {
            ssize_t n =
                pread(fd, out->interpreter, (size_t)segment.p_filesz, (off_t)segment.p_offset);
            out->interpreter[n > 0 ? n : 0] = '\0';
        }
    }
}

static void read_elf(int fd, struct elf_facts *out)
{
    out->kind = FILE_OTHER;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    GElf_Ehdr header;
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) != NULL) {
        out->kind = FILE_ELF;
        out->elf_class = header.e_ident[EI_CLASS];
        out->machine = header.e_machine;
        out->type = header.e_type;
        read_segments(elf, fd, out);
        read_sections(elf, out);
        if ((out->inside & HAS_ASSERT) != 0 && (out->inside & HAS_TCASE) != 0) {
            out->inside |= INSIDE_CHECK;
        }
        out->inside &= ~(HAS_ASSERT | HAS_TCASE);
    }
    elf_end(elf);
}

/* Either of them makes the kernel run the program without LD_PRELOAD. */
static void read_privileges(const char *path, struct elf_facts *out)
{
    struct stat st;
    if (stat(path, &st) == 0) {
        out->set_uid = (st.st_mode & S_ISUID) != 0;
        out->set_gid = (st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
        out->capabilities = getxattr(path, "security.capability", NULL, 0) > 0;
    }
}

void csan__elf_read(const char *path, struct elf_facts *out)
{
    memset(out, 0, sizeof *out);
    read_privileges(path, out);
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        out->error = fd < 0 ? errno : EACCES;
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    char head[513];
    ssize_t n = pread(fd, head, sizeof head - 1, 0);
    head[n > 0 ? n : 0] = '\0';
    if (n >= 2 && memcmp(head, "#!", 2) == 0) {
        read_script(head, out);
    } else if (n >= 4 && memcmp(head, ELFMAG, SELFMAG) == 0) {
        read_elf(fd, out);
    } else {
        out->kind = FILE_OTHER;
    }
    close(fd);
}
