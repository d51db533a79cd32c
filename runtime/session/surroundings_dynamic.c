#include "session/surroundings.h"
#include "base/text.h"
#include "record/block.h"
#include "record/cfi.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* ld.so is complete before it calls anybody's malloc. */
void csan__surroundings_early(void)
{
}

void csan__surroundings_started(void)
{
}

/* Weak: the loader looks them up with everything else, and makes no error message of it. */
#define SANITIZERS(each)                                                                           \
    each(__asan_init, "AddressSanitizer") each(__tsan_init, "ThreadSanitizer")                     \
        each(__msan_init, "MemorySanitizer") each(__lsan_do_leak_check, "LeakSanitizer")           \
            each(__hwasan_init, "HWAddressSanitizer")
#define DECLARE(symbol, name) extern void symbol(void) __attribute__((weak));
SANITIZERS(DECLARE)

static const struct {
    void (*symbol)(void);
    const char *name;
} sanitizers[] = {
#define ROW(symbol, name) {symbol, name},
    SANITIZERS(ROW)
#undef ROW
};

static char sentence[512];

static const char *find_sanitizer(void)
{
    for (size_t i = 0; i < CSAN_COUNT(sanitizers); i++) {
        if (!sanitizers[i].symbol)
            continue;
        struct text t = TEXT(sentence);
        csan__text_format(&t,
                          "%s is in this program, and takes malloc for itself: build without "
                          "-fsanitize to run it under csan",
                          sanitizers[i].name);
        return sentence;
    }
    return NULL;
}

/* memcheck, Helgrind, DRD, Massif and DHAT put their own malloc in the place of every other. */
extern void _vgr10010ZU_libcZdsoZa_malloc(void) __attribute__((weak));

bool csan__surroundings_has_valgrind(void)
{
    return _vgr10010ZU_libcZdsoZa_malloc != NULL;
}

/* dladdr besides goes through all symbols of the module. */
static const void *object_of(uintptr_t pc)
{
    struct cfi_object at;
    Dl_info info;
    if (csan__cfi_object(pc, &at))
        return at.start;
    return dladdr((void *)pc, &info) ? info.dli_fbase : NULL;
}

bool csan__surroundings_are_of_one_object(uintptr_t pc, uintptr_t other)
{
    const void *object = object_of(pc);
    return object && object == object_of(other);
}

static const char *say_other_malloc(uintptr_t malloc)
{
    Dl_info its;
    struct text t = TEXT(sentence);
    csan__text_format(
        &t,
        "the malloc of %s comes before csan's, so that nothing would be watched: link "
        "-lcsan first, or run it as `csan ./program`",
        dladdr((void *)malloc, &its) ? its.dli_fname : "another library");
    return sentence;
}

/* An executable may have an entry of its own for a function whose address it takes: then the
 * address tells nothing, and malloc is tried. */
static const char *find_other_malloc(void)
{
    void *(*take)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "malloc");
    void (*give)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "free");
    if (!take || !give ||
        csan__surroundings_are_of_one_object((uintptr_t)take, (uintptr_t)csan__surroundings_exit))
        return NULL;
    void *p = take(1);
    bool is_ours = p && csan__block_is_live((uintptr_t)p);
    give(p);
    return is_ours ? NULL : say_other_malloc((uintptr_t)take);
}

const char *csan__surroundings_in_the_way(void)
{
    const char *why = csan__surroundings_has_valgrind()
                          ? "Valgrind is around this program, and takes malloc for itself: run it "
                            "without Valgrind, or without csan"
                          : find_sanitizer();
    return why ? why : find_other_malloc();
}

bool csan__surroundings_has_libc_apart(void)
{
    return true;
}

uintptr_t csan__surroundings_exit(void)
{
    return (uintptr_t)dlsym(RTLD_NEXT, "exit");
}

/* Of a module, as its dynamic section tells. */
struct references {
    const char *names;
    const ElfW(Sym) * symbols;
    const ElfW(Rela) * tables[2];
    size_t bytes[2];
    size_t nrelative; /* of the first table, before the others: without a symbol */
};

static void read_dynamic(const ElfW(Dyn) * d, struct references *r)
{
    for (; d->d_tag != DT_NULL; d++) {
        switch (d->d_tag) {
        case DT_STRTAB:
            r->names = (const char *)d->d_un.d_ptr;
            break;
        case DT_SYMTAB:
            r->symbols = (const ElfW(Sym) *)d->d_un.d_ptr;
            break;
        case DT_RELA:
            r->tables[0] = (const ElfW(Rela) *)d->d_un.d_ptr;
            break;
        case DT_RELASZ:
            r->bytes[0] = d->d_un.d_val;
            break;
        case DT_RELACOUNT:
            r->nrelative = d->d_un.d_val;
            break;
        case DT_JMPREL:
            r->tables[1] = (const ElfW(Rela) *)d->d_un.d_ptr;
            break;
        case DT_PLTRELSZ:
            r->bytes[1] = d->d_un.d_val;
            break;
        default:
            break;
        }
    }
}

static bool table_refers_to(const struct references *r, size_t table, const char *function)
{
    for (size_t i = table ? 0 : r->nrelative; i < r->bytes[table] / sizeof *r->tables[table]; i++) {
        size_t symbol = ELF64_R_SYM(r->tables[table][i].r_info);
        if (symbol && strcmp(r->names + r->symbols[symbol].st_name, function) == 0)
            return true;
    }
    return false;
}

/* ld.so has made addresses of what the section holds; of the kernel's own module it has not, and
 * that refers to nothing. */
static int module_refers_to(struct dl_phdr_info *module, size_t size, void *function)
{
    struct references r = {.names = NULL};
    (void)size;
    for (ElfW(Half) i = 0; i < module->dlpi_phnum; i++)
        if (module->dlpi_phdr[i].p_type == PT_DYNAMIC)
            read_dynamic((const ElfW(Dyn) *)(module->dlpi_addr + module->dlpi_phdr[i].p_vaddr), &r);
    return r.names && r.symbols &&
           (table_refers_to(&r, 0, function) || table_refers_to(&r, 1, function));
}

bool csan__surroundings_refer_to(const char *function)
{
    return dl_iterate_phdr(module_refers_to, (void *)(uintptr_t)function);
}

const char *csan__surroundings_own_path(void)
{
    struct cfi_object own;
    Dl_info ours;
    if (csan__cfi_object((uintptr_t)csan__surroundings_exit, &own))
        return own.path;
    return dladdr((void *)csan__surroundings_exit, &ours) && ours.dli_fname ? ours.dli_fname : "";
}
