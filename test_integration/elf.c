/* Symbols that the executable has but does not export. */
#include "test_integration/elf.h"
#include "base/os.h"
#include "base/text.h"
#include "record/module.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* The whole file, mapped: nothing can truncate a file while it is being executed. */
struct image {
    const char *bytes;
    size_t size;
};

static bool image_open(const char *path, struct image *out)
{
    long fd = csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    long size = csan__os_file_size((int)fd);
    long at = -1;
    if (size > 0)
        at = csan__os_syscall(SYS_mmap, 0, size, PROT_READ, MAP_PRIVATE, fd, 0);
    csan__os_close((int)fd);
    if (at < 0 && at > -(long)CSAN_PAGE) /* the kernel's errors */
        return false;
    *out = (struct image){.bytes = (const char *)at, .size = (size_t)size};
    return true;
}

/* bytes [at, at + n) of the file, aligned as the structures read from it need; NULL: outside. */
static const void *part(const struct image *f, uint64_t at, uint64_t n)
{
    if (at > f->size || n > f->size - at || at % 8 != 0)
        return NULL;
    return f->bytes + at;
}

static bool is_ours(const Elf64_Ehdr *h)
{
    return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
           h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_shentsize == sizeof(Elf64_Shdr) &&
           h->e_shnum > 0;
}

/* True when the string table's text at `at` is `name`, its NUL within the table. */
static bool is_named(const struct image *f, const Elf64_Shdr *strings, uint32_t at,
                     const char *name)
{
    size_t length = strlen(name) + 1;
    if (at >= strings->sh_size || length > strings->sh_size - at)
        return false;
    uint64_t from = strings->sh_offset + at;
    return from <= f->size && length <= f->size - from &&
           memcmp(f->bytes + from, name, length) == 0;
}

static bool is_definition(const Elf64_Sym *s)
{
    unsigned type = ELF64_ST_TYPE(s->st_info);
    return s->st_shndx != SHN_UNDEF && s->st_shndx < SHN_LORESERVE && s->st_value != 0 &&
           (type == STT_FUNC || type == STT_OBJECT);
}

/* Local symbols come first in a table; they count where there is no global one (a program that was
 * linked with --exclude-libs has made libcheck's local). */
static void search(const struct image *f, const Elf64_Shdr *table, const Elf64_Shdr *strings,
                   struct elf_wanted *wanted, unsigned n)
{
    const Elf64_Sym *s = part(f, table->sh_offset, table->sh_size);
    if (s == NULL || table->sh_entsize != sizeof *s)
        return;
    for (const Elf64_Sym *end = s + table->sh_size / sizeof *s; s < end; s++) {
        if (!is_definition(s))
            continue;
        bool is_local = ELF64_ST_BIND(s->st_info) == STB_LOCAL;
        for (unsigned i = 0; i < n; i++)
            if ((wanted[i].address == 0 || !is_local) &&
                is_named(f, strings, s->st_name, wanted[i].name))
                wanted[i].address = s->st_value;
    }
}

static void search_image(const struct image *f, struct elf_wanted *wanted, unsigned n)
{
    const Elf64_Ehdr *header = part(f, 0, sizeof *header);
    if (header == NULL || !is_ours(header))
        return;
    const Elf64_Shdr *sections =
        part(f, header->e_shoff, (uint64_t)header->e_shnum * sizeof *sections);
    if (sections == NULL)
        return;
    for (unsigned i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == SHT_SYMTAB && sections[i].sh_link < header->e_shnum)
            search(f, &sections[i], &sections[sections[i].sh_link], wanted, n);
}

void csan__elf_find_in(const char *path, struct elf_wanted *wanted, unsigned n)
{
    struct image f;
    for (unsigned i = 0; i < n; i++)
        wanted[i].address = 0;
    if (!image_open(path, &f))
        return;
    search_image(&f, wanted, n);
    csan__os_unmap((void *)(uintptr_t)f.bytes, f.size);
}

void csan__elf_find(struct elf_wanted *wanted, unsigned n)
{
    const struct module *m = csan__module_first();
    while (m != NULL && !m->executable)
        m = m->next;
    csan__elf_find_in("/proc/self/exe", wanted, n);
    for (unsigned i = 0; i < n; i++)
        if (wanted[i].address != 0)
            wanted[i].address = m != NULL ? wanted[i].address + m->bias : 0;
}
