#include "session/surroundings.h"
#include "base/text.h"
#include "record/block.h"
#include "record/cfi.h"

#include <dlfcn.h>
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
static const char *find_valgrind(void)
{
    return dlsym(RTLD_DEFAULT, "_vgr10010ZU_libcZdsoZa_malloc")
               ? "Valgrind is around this program, and takes malloc for itself: run it without "
                 "Valgrind, or without csan"
               : NULL;
}

/* Whether the malloc that the program calls is csan's cannot be told from addresses (an executable
 * may have an entry of its own for a function whose address it takes): it is tried. */
static const char *find_other_malloc(void)
{
    void *(*take)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "malloc");
    void (*give)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "free");
    void *p = take && give ? take(1) : NULL;
    bool is_ours = p && csan__block_is_live((uintptr_t)p);
    if (p)
        give(p);
    Dl_info its, own;
    if (is_ours || !take || !dladdr((void *)take, &its))
        return NULL;
    if (dladdr((void *)csan__surroundings_exit, &own) && own.dli_fbase == its.dli_fbase)
        return CSAN_NO_ROOM;
    struct text t = TEXT(sentence);
    csan__text_format(
        &t,
        "the malloc of %s comes before csan's, so that nothing would be watched: link "
        "-lcsan first, or run it as `csan ./program`",
        its.dli_fname);
    return sentence;
}

const char *csan__surroundings_in_the_way(void)
{
    const char *why = find_valgrind();
    why = why ? why : find_sanitizer();
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

const char *csan__surroundings_own_path(void)
{
    struct cfi_object own;
    Dl_info ours;
    if (csan__cfi_object((uintptr_t)csan__surroundings_exit, &own))
        return own.path;
    return dladdr((void *)csan__surroundings_exit, &ours) && ours.dli_fname ? ours.dli_fname : "";
}
