/* The operators carry the versions that libstdc++.so gives them, and none by default: a program
 * that was linked against libstdc++.so meets these first, the linker never does, and operators of a
 * program's own, of libstdc++.a and of libc++ are not touched. Where the program has replaced one
 * of them, all go to libstdc++'s, which calls the program's. */
#include "base/os.h"
#include "hook/guard.h"
#include "hook/heap.h"
#include "hook/new.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>

/* OPERATOR(name here, symbol, version) */
#define OPERATORS                                                                                  \
    OPERATOR(new, _Znwm, "GLIBCXX_3.4")                                                            \
    OPERATOR(new_nothrow, _ZnwmRKSt9nothrow_t, "GLIBCXX_3.4")                                      \
    OPERATOR(new_aligned, _ZnwmSt11align_val_t, "CXXABI_1.3.11")                                   \
    OPERATOR(new_aligned_nothrow, _ZnwmSt11align_val_tRKSt9nothrow_t, "CXXABI_1.3.11")             \
    OPERATOR(array, _Znam, "GLIBCXX_3.4")                                                          \
    OPERATOR(array_nothrow, _ZnamRKSt9nothrow_t, "GLIBCXX_3.4")                                    \
    OPERATOR(array_aligned, _ZnamSt11align_val_t, "CXXABI_1.3.11")                                 \
    OPERATOR(array_aligned_nothrow, _ZnamSt11align_val_tRKSt9nothrow_t, "CXXABI_1.3.11")           \
    OPERATOR(delete, _ZdlPv, "GLIBCXX_3.4")                                                        \
    OPERATOR(delete_nothrow, _ZdlPvRKSt9nothrow_t, "GLIBCXX_3.4")                                  \
    OPERATOR(delete_sized, _ZdlPvm, "CXXABI_1.3.9")                                                \
    OPERATOR(delete_aligned, _ZdlPvSt11align_val_t, "CXXABI_1.3.11")                               \
    OPERATOR(delete_aligned_nothrow, _ZdlPvSt11align_val_tRKSt9nothrow_t, "CXXABI_1.3.11")         \
    OPERATOR(delete_sized_aligned, _ZdlPvmSt11align_val_t, "CXXABI_1.3.11")                        \
    OPERATOR(delete_array, _ZdaPv, "GLIBCXX_3.4")                                                  \
    OPERATOR(delete_array_nothrow, _ZdaPvRKSt9nothrow_t, "GLIBCXX_3.4")                            \
    OPERATOR(delete_array_sized, _ZdaPvm, "CXXABI_1.3.9")                                          \
    OPERATOR(delete_array_aligned, _ZdaPvSt11align_val_t, "CXXABI_1.3.11")                         \
    OPERATOR(delete_array_aligned_nothrow, _ZdaPvSt11align_val_tRKSt9nothrow_t, "CXXABI_1.3.11")   \
    OPERATOR(delete_array_sized_aligned, _ZdaPvmSt11align_val_t, "CXXABI_1.3.11")

enum operator{
#define OPERATOR(name, symbol, version) OP_##name,
    OPERATORS
#undef OPERATOR
        OPERATOR_COUNT
};

static const struct {
    const char *symbol, *version;
} known[] = {
#define OPERATOR(name, symbol, version) {#symbol, version},
    OPERATORS
#undef OPERATOR
};

/* One form for all: what a function does not take, it does not look at. */
typedef void *operator_fn(uintptr_t, uintptr_t, uintptr_t);

enum mode { UNKNOWN, HOOKED, REPLACED };

static struct {
    operator_fn *real[OPERATOR_COUNT];
    enum mode mode; /* the real ones are there when it is no longer UNKNOWN */
} operators;

/* ------------------------------------------------------------------ libstdc++'s own */

/* In a library that a plugin has brought along it is not among those that follow csan. */
static void *find(enum operator op)
{
    void *real = dlvsym(RTLD_NEXT, known[op].symbol, known[op].version);
    void *library = real ? NULL : dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (!library)
        return real;
    real = dlvsym(library, known[op].symbol, known[op].version);
    dlclose(library);
    return real;
}

/* By whoever comes first, maybe several at once: all find the same. */
static CSAN_COLD enum mode learn(void)
{
    enum mode mode = HOOKED;
    Dl_info first, other;
    for (int i = 0; i < OPERATOR_COUNT; i++) {
        void *real = find((enum operator)i), *seen = dlsym(RTLD_DEFAULT, known[i].symbol);
        operators.real[i] = (operator_fn *)real;
        if (!real || !dladdr(real, &first) || !strstr(first.dli_fname, "libstdc++.so"))
            mode = REPLACED;
        else if (seen && (!dladdr(seen, &other) || other.dli_fbase != first.dli_fbase))
            mode = REPLACED;
    }
    __atomic_store_n(&operators.mode, mode, __ATOMIC_RELEASE);
    return mode;
}

static CSAN_ALWAYS_INLINE bool is_hooked(void)
{
    enum mode mode = __atomic_load_n(&operators.mode, __ATOMIC_ACQUIRE);
    return CSAN_LIKELY(mode == HOOKED) || (mode == UNKNOWN && learn() == HOOKED);
}

/* ------------------------------------------------------------------ new */

struct asked {
    enum operator op;
    enum block_family family;
    uintptr_t n, align, third;
};

/* Where there is no memory libstdc++'s own asks the program's handler, and throws. */
static CSAN_COLD void *make_otherwise(const struct asked *a)
{
    uintptr_t second = a->align ? a->align : a->third;
    void *p = operators.real[a->op](a->n, second, a->third);
    if (p && is_hooked())
        csan__heap_made(p, a->family);
    return p;
}

static CSAN_ALWAYS_INLINE void *make(const struct asked *a, const struct regs *at)
{
    bool odd = a->align & (a->align - 1);
    void *p = is_hooked() && !odd ? csan__heap_make(a->align, a->n, a->family, at) : NULL;
    return CSAN_LIKELY(p != NULL) ? p : make_otherwise(a);
}

#define VERSIONED(name, symbol, version)                                                           \
    __asm__(".symver csan_operator_" #name "," #symbol "@" version);
#define OPERATOR VERSIONED
OPERATORS
#undef OPERATOR

#define MAKER(name, family, params, ...)                                                           \
    CSAN_API CSAN_HOT void *csan_operator_##name params;                                           \
    CSAN_API CSAN_HOT void *csan_operator_##name params                                            \
    {                                                                                              \
        struct regs at = REGS_OF_CALLER();                                                         \
        return make(&(struct asked){OP_##name, family, __VA_ARGS__}, &at);                         \
    }
MAKER(new, BLOCK_NEW, (uintptr_t n), n, 0, 0)
MAKER(new_nothrow, BLOCK_NEW, (uintptr_t n, uintptr_t tag), n, 0, tag)
MAKER(new_aligned, BLOCK_NEW, (uintptr_t n, uintptr_t align), n, align, 0)
MAKER(new_aligned_nothrow, BLOCK_NEW, (uintptr_t n, uintptr_t align, uintptr_t tag), n, align, tag)
MAKER(array, BLOCK_NEW_ARRAY, (uintptr_t n), n, 0, 0)
MAKER(array_nothrow, BLOCK_NEW_ARRAY, (uintptr_t n, uintptr_t tag), n, 0, tag)
MAKER(array_aligned, BLOCK_NEW_ARRAY, (uintptr_t n, uintptr_t align), n, align, 0)
MAKER(array_aligned_nothrow, BLOCK_NEW_ARRAY, (uintptr_t n, uintptr_t align, uintptr_t tag), n,
      align, tag)

/* ------------------------------------------------------------------ delete */

#define GIVER(name, family, word)                                                                  \
    CSAN_API CSAN_HOT void csan_operator_##name(void *p, uintptr_t b, uintptr_t c);                \
    CSAN_API CSAN_HOT void csan_operator_##name(void *p, uintptr_t b, uintptr_t c)                 \
    {                                                                                              \
        struct regs at = REGS_OF_CALLER();                                                         \
        if (CSAN_LIKELY(is_hooked()))                                                              \
            csan__heap_give(p, family, word, &at);                                                 \
        else                                                                                       \
            operators.real[OP_##name]((uintptr_t)p, b, c);                                         \
    }
GIVER(delete, BLOCK_NEW, "delete")
GIVER(delete_nothrow, BLOCK_NEW, "delete")
GIVER(delete_sized, BLOCK_NEW, "delete")
GIVER(delete_aligned, BLOCK_NEW, "delete")
GIVER(delete_aligned_nothrow, BLOCK_NEW, "delete")
GIVER(delete_sized_aligned, BLOCK_NEW, "delete")
GIVER(delete_array, BLOCK_NEW_ARRAY, "delete[]")
GIVER(delete_array_nothrow, BLOCK_NEW_ARRAY, "delete[]")
GIVER(delete_array_sized, BLOCK_NEW_ARRAY, "delete[]")
GIVER(delete_array_aligned, BLOCK_NEW_ARRAY, "delete[]")
GIVER(delete_array_aligned_nothrow, BLOCK_NEW_ARRAY, "delete[]")
GIVER(delete_array_sized_aligned, BLOCK_NEW_ARRAY, "delete[]")

/* ------------------------------------------------------------------ is there another C++ library?
 */

struct dynamic {
    const char *names;
    const ElfW(Sym) * symbols;
    bool needs_libstdcxx;
};

static uintptr_t address_of(const struct dl_phdr_info *module, uintptr_t value)
{
    return value < module->dlpi_addr ? module->dlpi_addr + value : value;
}

static const ElfW(Dyn) * dynamic_of(const struct dl_phdr_info *module)
{
    for (int i = 0; i < module->dlpi_phnum; i++)
        if (module->dlpi_phdr[i].p_type == PT_DYNAMIC)
            return (const void *)(module->dlpi_addr + module->dlpi_phdr[i].p_vaddr);
    return NULL;
}

static struct dynamic read_dynamic(const struct dl_phdr_info *module, const ElfW(Dyn) * d)
{
    struct dynamic out = {NULL, NULL, false};
    for (const ElfW(Dyn) *at = d; at->d_tag != DT_NULL; at++) {
        if (at->d_tag == DT_STRTAB)
            out.names = (const char *)address_of(module, at->d_un.d_ptr);
        if (at->d_tag == DT_SYMTAB)
            out.symbols = (const void *)address_of(module, at->d_un.d_ptr);
    }
    for (const ElfW(Dyn) *at = d; out.names && at->d_tag != DT_NULL; at++)
        if (at->d_tag == DT_NEEDED && strstr(out.names + at->d_un.d_val, "libstdc++.so"))
            out.needs_libstdcxx = true;
    return out;
}

/* What a C++ library that is part of a module needs, or shows. The symbols end where the names
 * begin: so do all linkers lay them out; where not, nothing is known. */
static bool has_signs_of_cxx(const struct dynamic *d)
{
    static const char *const signs[] = {"_Unwind_RaiseException", "dl_iterate_phdr",
                                        "_dl_find_object", "_ZdlPv", "_Znwm"};
    if (!d->symbols || !d->names || (const char *)d->symbols >= d->names)
        return true;
    for (const ElfW(Sym) *s = d->symbols; (const char *)(s + 1) <= d->names; s++)
        for (size_t i = 0; i < CSAN_COUNT(signs); i++)
            if (strcmp(d->names + s->st_name, signs[i]) == 0)
                return true;
    return false;
}

static int look_at_module(struct dl_phdr_info *module, size_t size, void *arg)
{
    static const char *const fine[] = {"libstdc++.so", "libgcc_s.so", "libcsan.so",
                                       "libc.so",      "ld-linux",    "linux-vdso"};
    (void)size;
    bool *sure = arg;
    const char *name = module->dlpi_name;
    for (size_t i = 0; i < CSAN_COUNT(fine); i++)
        if (name && strstr(name, fine[i]))
            return 0;
    const ElfW(Dyn) *d = dynamic_of(module);
    struct dynamic read = {NULL, NULL, false};
    if (d)
        read = read_dynamic(module, d);
    *sure = read.needs_libstdcxx || !has_signs_of_cxx(&read);
    return !*sure;
}

bool csan__new_is_sure(void)
{
    bool sure = true;
    if (is_hooked())
        dl_iterate_phdr(look_at_module, &sure);
    return sure && is_hooked();
}
