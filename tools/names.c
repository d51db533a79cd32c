/* Names for the addresses of one ELF file: debugfile.c finds the files, units.c reads the DWARF,
 * and what DWARF does not know comes from the symbol tables. */
#include "tools/names.h"

#include "tools/debugfile.h"
#include "tools/demangle.h"
#include "tools/guard.h"
#include "tools/span.h"
#include "tools/units.h"
#include "tools/variables.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANK_SIZELESS 0x1000u /* only better than nothing */
#define RANK_NO_FUNCTION 0x100u
#define RANK_UNDERSCORE 0x10u
#define UNDERSCORES_MAX 3u

struct names {
    Dwfl *dwfl;
    Dwfl_Module *module;
    bool dwarf_read, symbols_read;
    struct units *units;         /* NULL: no DWARF */
    struct variables *variables; /* NULL: not read yet, or no DWARF */
    Dwarf_Addr bias;             /* address in the file minus address in the DWARF */
    struct spans symbols;
    const char **symbol_names;
};

void csan__names_start(void)
{
    const char *urls = getenv("DEBUGINFOD_URLS");
    if (urls != NULL && urls[0] == '\0') {
        unsetenv("DEBUGINFOD_URLS");
    }
}

/* A descriptor of a regular file: a module's path may name anything by now. */
static int open_regular(const char *path, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        *why = strerror(errno);
        return -1;
    }
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        *why = "not a regular file";
        close(fd);
        return -1;
    }
    return fd;
}

int csan__names_open(const char *path, struct names **out, const char **why)
{
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = csan__debugfile_find,
        .section_address = dwfl_offline_section_address,
    };
    int fd = open_regular(path, why);
    if (fd < 0) {
        return -1;
    }
    struct names *n = calloc(1, sizeof *n);
    if (n != NULL && (n->dwfl = dwfl_begin(&callbacks)) == NULL) {
        free(n);
        n = NULL;
    }
    if (n == NULL) {
        *why = "out of memory";
        close(fd);
        return -1;
    }
    dwfl_report_begin(n->dwfl);
    n->module = dwfl_report_elf(n->dwfl, path, path, fd, 0, true);
    if (n->module == NULL || dwfl_report_end(n->dwfl, NULL, NULL) != 0) {
        *why = dwfl_errmsg(-1);
        close(fd); /* libdwfl takes it only when all is well */
        csan__names_close(n);
        return -1;
    }
    *out = n;
    return 0;
}

void csan__names_close(struct names *n)
{
    if (n->units != NULL) {
        csan__units_close(n->units);
    }
    if (n->variables != NULL) {
        csan__variables_close(n->variables);
    }
    csan__spans_free(&n->symbols);
    free(n->symbol_names);
    dwfl_end(n->dwfl);
    free(n);
}

size_t csan__names_build_id(struct names *n, uint8_t out[BUILD_ID_BYTES_MAX])
{
    const unsigned char *bits = NULL;
    GElf_Addr at = 0;
    int length = dwfl_module_build_id(n->module, &bits, &at);
    if (length <= 0 || length > BUILD_ID_BYTES_MAX) {
        return 0;
    }
    memcpy(out, bits, (size_t)length);
    return (size_t)length;
}

/* libdw's own answer is to end the process. */
static void __attribute__((noreturn)) leave_without_memory(void)
{
    csan__guard_leave(-ENOMEM);
}

static void read_dwarf(struct names *n)
{
    if (n->dwarf_read) {
        return;
    }
    n->dwarf_read = true;
    Dwarf *dwarf = dwfl_module_getdwarf(n->module, &n->bias);
    if (dwarf != NULL) {
        dwarf_new_oom_handler(dwarf, leave_without_memory);
    }
    if (dwarf == NULL || csan__units_open(dwarf, &n->units) != 0) {
        n->units = NULL;
    } else if (csan__units_count(n->units) == 0) {
        csan__units_close(n->units);
        n->units = NULL;
    }
}

const char *csan__names_debug_file(struct names *n)
{
    read_dwarf(n);
    const char *main_file = NULL, *debug_file = NULL;
    dwfl_module_info(n->module, NULL, NULL, NULL, NULL, NULL, &main_file, &debug_file);
    return n->units == NULL ? NULL : debug_file != NULL ? debug_file : main_file;
}

/* Of several symbols at one place the plainest is shown: puts rather than _IO_puts. */
static uint32_t rank_symbol(const GElf_Sym *symbol, const char *name)
{
    uint32_t underscores = (uint32_t)strspn(name, "_");
    uint32_t rank = underscores < UNDERSCORES_MAX ? underscores : UNDERSCORES_MAX;
    rank *= RANK_UNDERSCORE;
    rank += GELF_ST_BIND(symbol->st_info) == STB_LOCAL ? 2 : 0;
    rank += GELF_ST_BIND(symbol->st_info) == STB_WEAK ? 1 : 0;
    rank += GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE ? RANK_NO_FUNCTION : 0;
    rank += symbol->st_size == 0 ? RANK_SIZELESS : 0;
    return rank;
}

/* Functions, and labels of assembly in executable sections. */
static bool is_code(const GElf_Sym *symbol, Elf *elf, GElf_Word section, uint64_t *section_end)
{
    int type = GELF_ST_TYPE(symbol->st_info);
    if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) {
        return false;
    }
    GElf_Shdr header;
    if (section == SHN_UNDEF || gelf_getshdr(elf_getscn(elf, section), &header) == NULL ||
        (header.sh_flags & SHF_EXECINSTR) == 0) {
        return false;
    }
    *section_end = header.sh_addr + header.sh_size;
    return true;
}

/* A label without a size reaches to the next symbol. */
static void clip_sizeless(struct spans *s)
{
    csan__spans_sort(s);
    uint64_t next = UINT64_MAX;
    for (size_t i = s->count; i-- > 0;) {
        if (i + 1 < s->count && s->at[i + 1].lo > s->at[i].lo) {
            next = s->at[i + 1].lo;
        }
        if (s->at[i].rank >= RANK_SIZELESS && s->at[i].hi > next) {
            s->at[i].hi = next;
        }
    }
    csan__spans_sort(s);
}

static void read_symbols(struct names *n)
{
    if (n->symbols_read) {
        return;
    }
    n->symbols_read = true;
    int count = dwfl_module_getsymtab(n->module);
    n->symbol_names = count <= 0 ? NULL : calloc((size_t)count, sizeof n->symbol_names[0]);
    if (n->symbol_names == NULL) {
        return;
    }
    for (int i = 1; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address = 0;
        GElf_Word section = 0;
        Elf *elf = NULL;
        uint64_t section_end = 0;
        const char *name =
            dwfl_module_getsym_info(n->module, i, &symbol, &address, &section, &elf, NULL);
        if (name == NULL || name[0] == '\0' || !is_code(&symbol, elf, section, &section_end)) {
            continue;
        }
        uint64_t end = symbol.st_size == 0 ? section_end : address + symbol.st_size;
        n->symbol_names[i] = name;
        if (csan__spans_add(&n->symbols, address, end, (uint32_t)i, rank_symbol(&symbol, name))) {
            break;
        }
    }
    clip_sizeless(&n->symbols);
}

size_t csan__names_symbol_count(struct names *n)
{
    read_symbols(n);
    return n->symbols.count;
}

static const char *find_symbol(struct names *n, uint64_t address)
{
    read_symbols(n);
    const struct span *span = csan__spans_find(&n->symbols, address);
    return span == NULL ? NULL : n->symbol_names[span->what];
}

static const char *find_linkage_name(Dwarf_Die *function)
{
    Dwarf_Attribute attribute;
    const char *name = NULL;
    if (dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute) != NULL ||
        dwarf_attr_integrate(function, DW_AT_MIPS_linkage_name, &attribute) != NULL) {
        name = dwarf_formstring(&attribute);
    }
    return name != NULL && strncmp(name, "_Z", 2) == 0 ? name : NULL;
}

/* C has aliases, and DWARF knows a function by its first name only: __GI_qsort, _IO_puts. The
 * plainest symbol at the same place is the name that its callers use. */
static bool is_plainer(const char *symbol, const char *name)
{
    return symbol != NULL && name[0] == '_' && strspn(symbol, "_") < strspn(name, "_");
}

/* C++ by its linkage name, which is qualified. DWARF that has none (-gline-tables-only, functions
 * without linkage) leaves the function itself to the symbol table, inlined ones to their own name.
 */
static char *name_of(struct names *n, struct place *place, uint64_t address)
{
    const char *name = place->has_function ? find_linkage_name(&place->function) : NULL;
    if (name != NULL) {
        return csan__demangle(name);
    }
    name = place->has_function ? dwarf_diename(&place->function) : NULL;
    const char *symbol = place->inlined ? NULL : find_symbol(n, address);
    if (symbol != NULL &&
        (name == NULL || strncmp(symbol, "_Z", 2) == 0 || is_plainer(symbol, name))) {
        return csan__demangle(symbol);
    }
    return name == NULL ? NULL : strdup(name);
}

static const char *file_of(const struct place *place, char joined[PATH_MAX])
{
    if (place->file == NULL) {
        return "";
    }
    int n = place->folder == NULL ? PATH_MAX
                                  : snprintf(joined, PATH_MAX, "%s/%s", place->folder, place->file);
    return n < PATH_MAX ? joined : place->file;
}

unsigned csan__names_find(struct names *n, uint64_t address,
                          void (*take)(const struct spot *spot, void *arg), void *arg)
{
    struct place places[PLACES_MAX];
    read_dwarf(n);
    unsigned count = n->units == NULL ? 0 : csan__units_find(n->units, address - n->bias, places);
    if (count == 0) {
        places[0] = (struct place){0};
        count = find_symbol(n, address) != NULL;
    }
    for (unsigned i = 0; i < count; i++) {
        char *name = name_of(n, &places[i], address);
        char joined[PATH_MAX];
        struct spot spot = {
            .function = name != NULL ? name : "??",
            .file = file_of(&places[i], joined),
            .line = places[i].file != NULL ? places[i].line : 0,
            .column = places[i].file != NULL ? places[i].column : 0,
            .inlined = places[i].inlined,
        };
        take(&spot, arg);
        free(name);
    }
    return count;
}

/* ------------------------------------------------------------------ data */

static void read_variables(struct names *n)
{
    read_dwarf(n);
    Dwarf_Addr bias;
    Dwarf *dwarf = n->units == NULL ? NULL : dwfl_module_getdwarf(n->module, &bias);
    if (n->variables == NULL && dwarf != NULL && csan__variables_open(dwarf, &n->variables) != 0) {
        n->variables = NULL;
    }
}

/* By the symbol table: `buffer+16`. */
static bool find_object(struct names *n, const struct data *data, struct text *name)
{
    int count = dwfl_module_getsymtab(n->module), best_rank = INT32_MAX;
    for (int i = 1; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address = 0;
        const char *at = dwfl_module_getsym_info(n->module, i, &symbol, &address, NULL, NULL, NULL);
        address = data->thread_local ? symbol.st_value : address;
        if (at == NULL || at[0] == '\0' ||
            GELF_ST_TYPE(symbol.st_info) != (data->thread_local ? STT_TLS : STT_OBJECT) ||
            data->address - address >= symbol.st_size ||
            (int)rank_symbol(&symbol, at) >= best_rank) {
            continue;
        }
        best_rank = (int)rank_symbol(&symbol, at);
        char *plain = csan__demangle(at);
        name->len = 0;
        csan__text_str(name, plain != NULL ? plain : at);
        if (data->address > address) {
            csan__text_format(name, "+%lu", (unsigned long)(data->address - address));
        }
        free(plain);
    }
    return best_rank != INT32_MAX;
}

static struct spot spot_of(const struct variable *v, char joined[PATH_MAX])
{
    struct place place = {.file = v->file, .folder = v->folder};
    return (struct spot){.function = v->name,
                         .file = file_of(&place, joined),
                         .line = v->file == NULL ? 0 : v->line,
                         .column = 0};
}

unsigned csan__names_find_data(struct names *n, const struct data *data,
                               void (*take)(const struct spot *spot, const char *pointee,
                                            void *arg),
                               void *arg)
{
    struct variable v;
    char room[1024], joined[PATH_MAX];
    read_variables(n);
    uint64_t address = data->thread_local ? data->address : data->address - n->bias;
    if (n->variables == NULL ||
        !csan__variables_find(n->variables, address, data->thread_local, &v)) {
        struct text name = TEXT(room);
        if (!find_object(n, data, &name)) {
            return 0;
        }
        take(&(struct spot){.function = room, .file = ""}, "", arg);
        return 1;
    }
    struct spot spot = spot_of(&v, joined);
    take(&spot, v.pointee, arg);
    unsigned count = 1;
    while (count <= data->nsteps &&
           csan__variables_follow(n->variables, data->steps[count - 1], &v)) {
        spot = spot_of(&v, joined);
        take(&spot, v.pointee, arg);
        count++;
    }
    return count;
}
